<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Finelens</source>
        <translation>关于细寻</translation>
    </message>
    <message>
        <source>Finds photos by sentences and by boxes, in English and Chinese.</source>
        <translation>用一句话或一个框查找照片，支持中文和英文。</translation>
    </message>
    <message>
        <source>Everything stays on this computer.</source>
        <translation>所有内容都只留在这台电脑上。</translation>
    </message>
    <message>
        <source>Model: {0} ({1}, {2})</source>
        <translation>模型：{0}（{1}，{2}）</translation>
    </message>
</context>
<context>
    <name>AlbumsController</name>
    <message>
        <source>New album…</source>
        <translation>新建相册…</translation>
    </message>
    <message>
        <source>Take out of “{0}”</source>
        <translation>移出“{0}”</translation>
    </message>
    <message numerus="yes">
        <source>Name of the album for %Ln photo(s):</source>
        <translation>
            <numerusform>为 %Ln 张照片建立的相册名称：</numerusform>
        </translation>
    </message>
    <message>
        <source>Name of the album:</source>
        <translation>相册名称：</translation>
    </message>
    <message>
        <source>New album</source>
        <translation>新建相册</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>Rename album</source>
        <translation>重命名相册</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) added to “{0}”</source>
        <translation>
            <numerusform>已将 %Ln 张照片加入“{0}”</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) taken out of “{0}”</source>
        <translation>
            <numerusform>已将 %Ln 张照片移出“{0}”</numerusform>
        </translation>
    </message>
    <message>
        <source>Album “{0}” deleted</source>
        <translation>已删除相册“{0}”</translation>
    </message>
    <message>
        <source>Album “{0}” created</source>
        <translation>已创建相册“{0}”</translation>
    </message>
    <message>
        <source>Album renamed to “{0}”</source>
        <translation>相册已重命名为“{0}”</translation>
    </message>
</context>
<context>
    <name>Chip</name>
    <message>
        <source>Must be there</source>
        <translation>必须有</translation>
    </message>
    <message>
        <source>Is welcome</source>
        <translation>有则更好</translation>
    </message>
    <message>
        <source>Must not be there</source>
        <translation>不能有</translation>
    </message>
    <message>
        <source>Open and draw a box…</source>
        <translation>打开并画框…</translation>
    </message>
    <message>
        <source>Take out</source>
        <translation>取消此项</translation>
    </message>
    <message>
        <source>{0}: must be there</source>
        <translation>{0}：必须有</translation>
    </message>
    <message>
        <source>{0}: is welcome</source>
        <translation>{0}：有则更好</translation>
    </message>
    <message>
        <source>{0}: must not be there</source>
        <translation>{0}：不能有</translation>
    </message>
    <message>
        <source>{0}: taken out</source>
        <translation>{0}：已取消</translation>
    </message>
    <message>
        <source>Remove: {0}</source>
        <translation>移除：{0}</translation>
    </message>
    <message>
        <source>Put back: {0}</source>
        <translation>恢复：{0}</translation>
    </message>
</context>
<context>
    <name>CrashNotice</name>
    <message>
        <source>Something went wrong inside Finelens.</source>
        <translation>细寻内部出了点问题。</translation>
    </message>
    <message>
        <source>Your photos are not touched. The log says what happened.</source>
        <translation>您的照片未受影响。详情请看日志。</translation>
    </message>
</context>
<context>
    <name>DetailsController</name>
    <message>
        <source>Tag “{0}” added</source>
        <translation>已添加标签“{0}”</translation>
    </message>
    <message>
        <source>Tag “{0}” removed</source>
        <translation>已移除标签“{0}”</translation>
    </message>
</context>
<context>
    <name>ErrorText</name>
    <message>
        <source>The search engine stopped. It is being restarted; nothing is lost.</source>
        <translation>搜索引擎已停止，正在重新启动，不会丢失任何内容。</translation>
    </message>
    <message>
        <source>The search engine stopped several times in a row. Photos can be viewed.</source>
        <translation>搜索引擎连续多次停止。仍可浏览照片。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>查看日志</translation>
    </message>
    <message>
        <source>Choose a backup…</source>
        <translation>选择备份…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>This folder is on a network drive, where the library would get damaged. Choose one on this computer.</source>
        <translation>这个文件夹在网络驱动器上，照片库放在那里会损坏。请选择这台电脑上的文件夹。</translation>
    </message>
    <message>
        <source>This folder cannot be written.</source>
        <translation>无法写入这个文件夹。</translation>
    </message>
    <message>
        <source>There is already a library there.</source>
        <translation>那里已经有一个照片库。</translation>
    </message>
    <message>
        <source>There is too little room there.</source>
        <translation>那里的空间不足。</translation>
    </message>
    <message>
        <source>Something went wrong. The log says what.</source>
        <translation>出了点问题，详情请看日志。</translation>
    </message>
    <message>
        <source>The settings cannot be read or written.</source>
        <translation>无法读取或写入设置。</translation>
    </message>
    <message>
        <source>This folder cannot be added: {path}</source>
        <translation>无法添加此文件夹：{path}</translation>
    </message>
    <message>
        <source>This cannot be searched for.</source>
        <translation>无法按此内容搜索。</translation>
    </message>
    <message>
        <source>This album is gone, or has no name.</source>
        <translation>相册不存在，或者没有名称。</translation>
    </message>
    <message>
        <source>The library file {file} cannot be written. Allow writing in its folder, then try again.</source>
        <translation>无法写入照片库文件 {file}。请允许写入所在的文件夹，然后重试。</translation>
    </message>
    <message>
        <source>The folder {file} cannot hold a library: its disk has no locks. Move it to a disk of this computer.</source>
        <translation>文件夹 {file} 不能存放照片库：所在磁盘不支持文件锁。请移到本机的磁盘上。</translation>
    </message>
    <message>
        <source>There is no room on the disk for {file}. Make room, or choose another place.</source>
        <translation>磁盘空间不足，无法写入 {file}。请腾出空间，或选择其他位置。</translation>
    </message>
    <message>
        <source>{file} may not be written. Choose a folder that is yours.</source>
        <translation>没有写入 {file} 的权限。请选择自己的文件夹。</translation>
    </message>
    <message>
        <source>The folder of {file} is gone. Choose another place.</source>
        <translation>{file} 所在的文件夹已不存在。请选择其他位置。</translation>
    </message>
    <message>
        <source>{file} is a photo of your library and stays as it is. Choose another place.</source>
        <translation>{file} 是照片库中的照片，不会被覆盖。请选择其他位置。</translation>
    </message>
    <message>
        <source>One picture shows {limit} photos at most. Export a PDF instead.</source>
        <translation>一张图片最多容纳 {limit} 张照片。请改为导出 PDF。</translation>
    </message>
    <message>
        <source>The file of this photo is gone. Look for new photos (F5). {path}</source>
        <translation>这张照片的文件已不存在。请查找新照片 (F5)。{path}</translation>
    </message>
    <message>
        <source>The folder {folder} is offline. Connect its disk, or say in its menu where it lies now.</source>
        <translation>文件夹 {folder} 已离线。请连接所在的磁盘，或在它的菜单中指定新位置。</translation>
    </message>
    <message>
        <source>This picture cannot be read: {path} ({reason}). Choose another one.</source>
        <translation>无法读取此图片：{path}（{reason}）。请换一张。</translation>
    </message>
    <message>
        <source>A tag needs a name.</source>
        <translation>标签需要名称。</translation>
    </message>
    <message>
        <source>The results cannot be written to {file}. Choose another place.</source>
        <translation>无法将结果写入 {file}。请换一个位置。</translation>
    </message>
    <message>
        <source>The search engine stopped during this.</source>
        <translation>搜索引擎在处理时停止了。</translation>
    </message>
    <message>
        <source>There is nothing to search for. Type some words, or give a picture.</source>
        <translation>没有可搜索的内容。请输入文字或提供图片。</translation>
    </message>
    <message>
        <source>The text has {n_chars} characters and at most {limit} are read. Shorten it.</source>
        <translation>文字有 {n_chars} 个字符，最多读取 {limit} 个。请缩短。</translation>
    </message>
    <message>
        <source>The box {box} is not inside the picture. Draw it again.</source>
        <translation>选框 {box} 超出图片范围。请重新画框。</translation>
    </message>
    <message>
        <source>This picture came incomplete. Copy it again and paste it.</source>
        <translation>图片数据不完整。请重新复制并粘贴。</translation>
    </message>
    <message>
        <source>This concept is not in the library any more. Take its chip out.</source>
        <translation>此概念已不在图库中。请移除它的标签。</translation>
    </message>
    <message>
        <source>A concept is made of one to {limit} examples, not of {n_examples}.</source>
        <translation>概念由 1 到 {limit} 个示例组成，而不是 {n_examples} 个。</translation>
    </message>
    <message>
        <source>All examples of this concept were rejected. Undo (Ctrl+Z), or give it a new example.</source>
        <translation>这个概念的示例都已被否定。请撤销（Ctrl+Z），或为它添加新的示例。</translation>
    </message>
    <message>
        <source>The kept search “{name}” is not in the library any more. Keep it anew.</source>
        <translation>保存的搜索“{name}”已不在图库中。请重新保存。</translation>
    </message>
    <message>
        <source>A search by a pasted picture cannot be kept. Save what it shows as a concept instead.</source>
        <translation>用粘贴的图片进行的搜索无法保存。请把其中的内容存为概念。</translation>
    </message>
    <message>
        <source>A name is needed.</source>
        <translation>需要一个名称。</translation>
    </message>
    <message>
        <source>There is a concept “{name}” already. Choose another name.</source>
        <translation>已有名为“{name}”的概念。请换一个名称。</translation>
    </message>
    <message>
        <source>The library cannot be used.</source>
        <translation>无法使用照片库。</translation>
    </message>
    <message>
        <source>There is no library yet.</source>
        <translation>还没有照片库。</translation>
    </message>
    <message>
        <source>Another Finelens uses this library. Close it, then try again.</source>
        <translation>另一个细寻正在使用此照片库。请先关闭它，然后重试。</translation>
    </message>
    <message>
        <source>This library was made by a newer Finelens. Please update.</source>
        <translation>此照片库由更新版本的细寻创建。请升级后再用。</translation>
    </message>
    <message>
        <source>The disk is full. Nothing was lost; make room and try again.</source>
        <translation>磁盘已满。没有丢失任何内容；请腾出空间后重试。</translation>
    </message>
    <message>
        <source>The library file is damaged. Your photos are not touched.</source>
        <translation>照片库文件已损坏。您的照片未受影响。</translation>
    </message>
    <message>
        <source>The search model cannot be used. Photos can be viewed but not searched.</source>
        <translation>无法使用搜索模型。可以浏览照片，但不能搜索。</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>内存不足，无法完成。</translation>
    </message>
    <message>
        <source>The download stopped: {host} does not deliver what it should. What came is kept; trying again goes on from there.</source>
        <translation>下载中断：{host} 没有正确提供文件。已下载的部分会保留，重试时从那里继续。</translation>
    </message>
    <message>
        <source>The disk has too little room for this model.</source>
        <translation>磁盘空间不足，放不下这个模型。</translation>
    </message>
    <message>
        <source>This picture cannot be used.</source>
        <translation>无法使用这张图片。</translation>
    </message>
    <message>
        <source>The search model in {directory} cannot be used. Photos can be viewed but not searched. Choose another model in the settings, or put the folder back.</source>
        <translation>无法使用 {directory} 中的搜索模型。可以浏览照片，但不能搜索。请在设置中选择其他模型，或把文件夹放回原处。</translation>
    </message>
    <message>
        <source>Not a readable picture</source>
        <translation>不是可读取的图片</translation>
    </message>
    <message>
        <source>The file is cut off</source>
        <translation>文件不完整</translation>
    </message>
    <message>
        <source>This format is not supported</source>
        <translation>不支持此格式</translation>
    </message>
    <message>
        <source>The picture is too large</source>
        <translation>图片过大</translation>
    </message>
    <message>
        <source>Reading took too long</source>
        <translation>读取超时</translation>
    </message>
    <message>
        <source>Reading it failed</source>
        <translation>读取失败</translation>
    </message>
    <message>
        <source>No permission to read it</source>
        <translation>没有读取权限</translation>
    </message>
    <message>
        <source>The file is gone</source>
        <translation>文件已不存在</translation>
    </message>
    <message>
        <source>The file is empty</source>
        <translation>文件为空</translation>
    </message>
</context>
<context>
    <name>FilterText</name>
    <message>
        <source>a folder that was removed</source>
        <translation>已移除的文件夹</translation>
    </message>
    <message>
        <source>favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>A value is missing, as in camera:nikon or folder:trips.</source>
        <translation>缺少值，例如 camera:nikon 或 folder:trips。</translation>
    </message>
    <message>
        <source>Write days as 2023, 2023-05, 2023-05-31, 2019..2021, “last summer” or “去年夏天”.</source>
        <translation>日期请写成 2023、2023-05、2023-05-31、2019..2021、“last summer”或“去年夏天”。</translation>
    </message>
    <message>
        <source>Write 0 to 5 stars, as in rating:4 or rating&gt;=4.</source>
        <translation>请写 0 到 5 星，例如 rating:4 或 rating&gt;=4。</translation>
    </message>
    <message>
        <source>Write is:favourite.</source>
        <translation>请写 is:favourite。</translation>
    </message>
    <message>
        <source>Write a file type, as in type:jpeg, type:png or type:heic.</source>
        <translation>请写文件类型，例如 type:jpeg、type:png 或 type:heic。</translation>
    </message>
    <message>
        <source>Write landscape, portrait or square.</source>
        <translation>请写 landscape（横）、portrait（竖）或 square（方）。</translation>
    </message>
    <message>
        <source>Filters say which photos stay, as in before:2023 or since:2024.</source>
        <translation>筛选条件只说保留哪些照片，例如 before:2023 或 since:2024。</translation>
    </message>
    <message>
        <source>Use camera:nikon, rating&gt;=4, date:2023-05, type:png or folder:trips.</source>
        <translation>可用 camera:nikon、rating&gt;=4、date:2023-05、type:png 或 folder:trips。</translation>
    </message>
    <message>
        <source>“{filter}” leaves no day of the other dates. Leave one of them out.</source>
        <translation>“{filter}”与其他日期没有共同的日子。请去掉其中一个。</translation>
    </message>
    <message>
        <source>“{filter}” is no filter. {hint}</source>
        <translation>“{filter}”不是有效的筛选条件。{hint}</translation>
    </message>
    <message>
        <source>landscape format</source>
        <translation>横向</translation>
    </message>
    <message>
        <source>portrait format</source>
        <translation>纵向</translation>
    </message>
    <message>
        <source>square format</source>
        <translation>方形</translation>
    </message>
    <message>
        <source>{stars} or more</source>
        <translation>{stars}及以上</translation>
    </message>
    <message>
        <source>from {0}</source>
        <translation>从 {0} 起</translation>
    </message>
    <message>
        <source>until {0}</source>
        <translation>到 {0} 止</translation>
    </message>
    <message>
        <source>d MMMM</source>
        <comment>a day of any year, Qt&apos;s format</comment>
        <translation>M月d日</translation>
    </message>
    <message>
        <source>{days} of any year</source>
        <translation>每年{days}</translation>
    </message>
    <message>
        <source>Photos come in the order in which they fit. Write days, as in before:2015.</source>
        <translation>照片按符合的程度排列。请写日期，如 before:2015。</translation>
    </message>
    <message>
        <source>not {days}</source>
        <translation>不含 {days}</translation>
    </message>
    <message>
        <source>Easter</source>
        <translation>复活节</translation>
    </message>
    <message>
        <source>Good Friday</source>
        <translation>耶稣受难日</translation>
    </message>
    <message>
        <source>Easter Sunday</source>
        <translation>复活节星期日</translation>
    </message>
    <message>
        <source>Easter Monday</source>
        <translation>复活节星期一</translation>
    </message>
    <message>
        <source>Mother’s Day</source>
        <translation>母亲节</translation>
    </message>
    <message>
        <source>Father’s Day</source>
        <translation>父亲节</translation>
    </message>
    <message>
        <source>Thanksgiving</source>
        <translation>感恩节</translation>
    </message>
    <message>
        <source>Chinese New Year</source>
        <translation>春节</translation>
    </message>
    <message>
        <source>Chinese New Year’s Eve</source>
        <translation>除夕</translation>
    </message>
    <message>
        <source>Chinese New Year’s Day</source>
        <translation>大年初一</translation>
    </message>
    <message>
        <source>Lantern Festival</source>
        <translation>元宵节</translation>
    </message>
    <message>
        <source>Dragon Boat Festival</source>
        <translation>端午节</translation>
    </message>
    <message>
        <source>Qixi Festival</source>
        <translation>七夕</translation>
    </message>
    <message>
        <source>Ghost Festival</source>
        <translation>中元节</translation>
    </message>
    <message>
        <source>Mid-Autumn Festival</source>
        <translation>中秋节</translation>
    </message>
    <message>
        <source>Double Ninth Festival</source>
        <translation>重阳节</translation>
    </message>
    <message>
        <source>weekends</source>
        <translation>周末</translation>
    </message>
    <message>
        <source>weekdays</source>
        <translation>工作日</translation>
    </message>
    <message>
        <source>any {weekday}</source>
        <translation>每个{weekday}</translation>
    </message>
    <message>
        <source>MMMM yyyy</source>
        <comment>a month of a year, Qt&apos;s format</comment>
        <translation>yyyy年M月</translation>
    </message>
    <message>
        <source>folder {0}</source>
        <translation>文件夹 {0}</translation>
    </message>
    <message>
        <source>named {0}</source>
        <translation>名称含 {0}</translation>
    </message>
</context>
<context>
    <name>FiltersPanel</name>
    <message>
        <source>All folders</source>
        <translation>所有文件夹</translation>
    </message>
    <message>
        <source>Your words say too: {0}</source>
        <translation>文字里还有：{0}</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>&amp;Folder</source>
        <translation>文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>Taken fr&amp;om</source>
        <translation>拍摄日期从(&amp;O)</translation>
    </message>
    <message>
        <source>Taken &amp;until</source>
        <translation>拍摄日期到(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Camera</source>
        <translation>相机(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Rating</source>
        <translation>评分(&amp;R)</translation>
    </message>
    <message>
        <source>File &amp;type</source>
        <translation>文件类型(&amp;T)</translation>
    </message>
    <message>
        <source>Or&amp;ientation</source>
        <translation>方向(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Name has</source>
        <translation>名称包含(&amp;N)</translation>
    </message>
    <message>
        <source>Fa&amp;vourites only</source>
        <translation>仅收藏(&amp;V)</translation>
    </message>
    <message>
        <source>Clear filters</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>any</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>any day</source>
        <translation>不限日期</translation>
    </message>
</context>
<context>
    <name>FirstStart</name>
    <message>
        <source>Find photos by saying what is in them</source>
        <translation>说出内容，找到照片</translation>
    </message>
    <message>
        <source>Type a sentence in English or Chinese, or draw a box around a thing. Everything stays on this computer.</source>
        <translation>输入一句中文或英文，或框选照片中的事物。所有内容都只留在这台电脑上。</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>Try the demo album</source>
        <translation>试用示例相册</translation>
    </message>
    <message>
        <source>Language, search model and other settings…</source>
        <translation>语言、搜索模型和其他设置…</translation>
    </message>
    <message>
        <source>Three photos, an umbrella is framed in one</source>
        <translation>三张照片，其中一张框出了一把伞</translation>
    </message>
</context>
<context>
    <name>FoldersController</name>
    <message>
        <source>Add a folder of photos</source>
        <translation>添加照片文件夹</translation>
    </message>
    <message>
        <source>Add to library</source>
        <translation>添加到图库</translation>
    </message>
    <message numerus="yes">
        <source>Add %Ln folder(s) to the library?</source>
        <translation>
            <numerusform>将 %Ln 个文件夹添加到图库？</numerusform>
        </translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Remove from library</source>
        <translation>从照片库中移除</translation>
    </message>
    <message>
        <source>Remove “{0}” from the library?</source>
        <translation>要从照片库中移除“{0}”吗？</translation>
    </message>
    <message>
        <source>The files stay where they are; only Finelens forgets them.</source>
        <translation>文件保留在原处，只是细寻不再记录它们。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Where is “{0}” now?</source>
        <translation>“{0}”现在在哪里？</translation>
    </message>
    <message>
        <source>“{0}” is looked for in its new place</source>
        <translation>已改到新位置查找“{0}”</translation>
    </message>
    <message>
        <source>“{0}” removed from the library; files stay</source>
        <translation>已将“{0}”移出图库，文件保留</translation>
    </message>
</context>
<context>
    <name>HistoryController</name>
    <message numerus="yes">
        <source>%Ln past search(es) forgotten</source>
        <translation>
            <numerusform>已删除 %Ln 条搜索记录</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>Past searches</source>
        <translation>搜索记录</translation>
    </message>
    <message>
        <source>Nothing was searched for yet. Searches that you run with Enter, or whose results you open, are listed here.</source>
        <translation>还没有搜索记录。按回车执行的搜索，或打开过结果的搜索，会列在这里。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove this search from the list (Del)</source>
        <translation>从列表中移除此搜索 (Del)</translation>
    </message>
    <message>
        <source>Clear history</source>
        <translation>清空记录</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Photo information</source>
        <translation>照片信息</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Pick</source>
        <translation>选用</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>弃用</translation>
    </message>
    <message>
        <source>Find similar</source>
        <translation>查找相似</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Open with…</source>
        <translation>打开方式…</translation>
    </message>
    <message>
        <source>Choose a photo to see its details.</source>
        <translation>选择一张照片以查看详情。</translation>
    </message>
    <message>
        <source>{0} × {1} pixels</source>
        <translation>{0} × {1} 像素</translation>
    </message>
</context>
<context>
    <name>KeptController</name>
    <message>
        <source>Search for something first, then keep it.</source>
        <translation>请先搜索，再保存。</translation>
    </message>
    <message>
        <source>A search by a pasted picture cannot be kept. Save what it shows as a concept instead.</source>
        <translation>用粘贴的图片进行的搜索无法保存。请把其中的内容存为概念。</translation>
    </message>
    <message>
        <source>Keep this search</source>
        <translation>保存此搜索</translation>
    </message>
    <message>
        <source>It stays in the sidebar and always shows the photos that fit now. Name:</source>
        <translation>它会留在侧栏，始终显示当前符合的照片。名称：</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Search “{0}” kept</source>
        <translation>已保存搜索“{0}”</translation>
    </message>
    <message>
        <source>Select one to five photos, or draw a box.</source>
        <translation>请选择一到五张照片，或画一个框。</translation>
    </message>
    <message>
        <source>Save as concept</source>
        <translation>存为概念</translation>
    </message>
    <message numerus="yes">
        <source>What do %Ln example(s) show? You can search by this name.</source>
        <translation>
            <numerusform>这 %Ln 个示例是什么？之后可以用这个名称搜索。</numerusform>
        </translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Concept “{0}” saved</source>
        <translation>已保存概念“{0}”</translation>
    </message>
    <message>
        <source>Noted: this is “{0}”</source>
        <translation>已记下：这是“{0}”</translation>
    </message>
    <message>
        <source>Noted: this is not “{0}”</source>
        <translation>已记下：这不是“{0}”</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>名称：</translation>
    </message>
    <message>
        <source>Concept renamed to “{0}”</source>
        <translation>概念已重命名为“{0}”</translation>
    </message>
    <message>
        <source>Search renamed to “{0}”</source>
        <translation>搜索已重命名为“{0}”</translation>
    </message>
    <message>
        <source>Search “{0}” deleted</source>
        <translation>已删除搜索“{0}”</translation>
    </message>
    <message>
        <source>Concept “{0}” deleted</source>
        <translation>已删除概念“{0}”</translation>
    </message>
    <message>
        <source>Search for something first, then export the results.</source>
        <translation>请先搜索，再导出结果。</translation>
    </message>
    <message>
        <source>There is nothing to export: no photo was found.</source>
        <translation>没有找到照片，没有可导出的结果。</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>Data with boxes (*.json)</source>
        <translation>含框的数据 (*.json)</translation>
    </message>
    <message>
        <source>Contact sheet, picture (*.png)</source>
        <translation>缩略图总览，图片 (*.png)</translation>
    </message>
    <message>
        <source>Contact sheet, document (*.pdf)</source>
        <translation>缩略图总览，文档 (*.pdf)</translation>
    </message>
    <message>
        <source>results</source>
        <comment>the name of a file</comment>
        <translation>搜索结果</translation>
    </message>
    <message>
        <source>Export results</source>
        <translation>导出结果</translation>
    </message>
    <message>
        <source>{0} exists already. Replace it?</source>
        <translation>{0} 已存在。要替换它吗？</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) written to {0}</source>
        <translation>
            <numerusform>已将 %Ln 张照片写入 {0}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryPage</name>
    <message>
        <source>The library lies in this folder:</source>
        <translation>照片库所在的文件夹：</translation>
    </message>
    <message>
        <source>Move it elsewhere…</source>
        <translation>移到别处…</translation>
    </message>
    <message>
        <source>It holds thumbnails, search vectors and what you said about photos. Your photos stay where they are. A network drive would damage it and is refused.</source>
        <translation>其中保存缩略图、搜索向量以及您对照片的标注。您的照片留在原处。照片库放在网络驱动器上会损坏，因此不允许。</translation>
    </message>
    <message>
        <source>Choose a folder for the library</source>
        <translation>选择照片库的文件夹</translation>
    </message>
</context>
<context>
    <name>LookPage</name>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
</context>
<context>
    <name>MarksController</name>
    <message numerus="yes">
        <source>%Ln photo(s) marked as favourite</source>
        <translation>
            <numerusform>已收藏 %Ln 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) no longer favourite</source>
        <translation>
            <numerusform>已取消收藏 %Ln 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) rated {stars}</source>
        <translation>
            <numerusform>已将 %Ln 张照片评为 {stars}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Rating of %Ln photo(s) removed</source>
        <translation>
            <numerusform>已清除 %Ln 张照片的评分</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Flag of %Ln photo(s) removed</source>
        <translation>
            <numerusform>已清除 %Ln 张照片的旗标</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) picked</source>
        <translation>
            <numerusform>已选用 %Ln 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) rejected</source>
        <translation>
            <numerusform>已弃用 %Ln 张照片</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MatchPanel</name>
    <message>
        <source>Why this photo</source>
        <translation>为什么是这张</translation>
    </message>
    <message>
        <source>Fits the question: {0}</source>
        <translation>符合问题：{0}</translation>
    </message>
    <message>
        <source>Fits weakly: {0}</source>
        <translation>勉强符合：{0}</translation>
    </message>
    <message>
        <source>All filters hold.</source>
        <translation>满足所有筛选条件。</translation>
    </message>
    <message>
        <source>the whole photo fits best</source>
        <translation>整张照片最符合</translation>
    </message>
    <message>
        <source>framed in the photo</source>
        <translation>已在照片中框出</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Add from a folder…</source>
        <translation>从文件夹添加…</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Search models</source>
        <translation>搜索模型</translation>
    </message>
    <message>
        <source>Download {0} from {1}?</source>
        <translation>从 {1} 下载 {0}？</translation>
    </message>
    <message>
        <source>About {0}, revision {1}, licence {2}. Every file&apos;s hash is checked.</source>
        <translation>约 {0}，版本 {1}，许可证 {2}。每个文件的哈希值都会核对。</translation>
    </message>
    <message>
        <source>Download a model</source>
        <translation>下载模型</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>暂不</translation>
    </message>
    <message>
        <source>comes with Finelens</source>
        <translation>随细寻提供</translation>
    </message>
    <message>
        <source>added</source>
        <translation>已添加</translation>
    </message>
    <message>
        <source>linked</source>
        <translation>已链接</translation>
    </message>
    <message>
        <source>downloaded</source>
        <translation>已下载</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Choose a folder with a model</source>
        <translation>选择模型所在的文件夹</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Copy the model {0} into Finelens&apos; own folder?</source>
        <translation>把模型 {0} 复制到细寻自己的文件夹？</translation>
    </message>
    <message>
        <source>A link takes no room, and ends when the folder is moved.</source>
        <translation>链接不占空间，但文件夹移动后就会失效。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>链接</translation>
    </message>
    <message>
        <source>Checking {0}</source>
        <translation>正在检查 {0}</translation>
    </message>
    <message>
        <source>Copying {0}</source>
        <translation>正在复制 {0}</translation>
    </message>
    <message>
        <source>Downloading {0}</source>
        <translation>正在下载 {0}</translation>
    </message>
    <message>
        <source>Preparing {0} for this computer, once</source>
        <translation>正在为这台电脑准备 {0}，只需一次</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>Photos are getting ready for {0}: {1} of {2}. Searches use the model before.</source>
        <translation>正在为 {0} 准备照片：{1} / {2}。在此期间仍用之前的模型搜索。</translation>
    </message>
    <message>
        <source>There is already a model {0}. Remove it first, or rename the folder.</source>
        <translation>已有名为 {0} 的模型。请先移除它，或给文件夹换个名称。</translation>
    </message>
    <message>
        <source>A model cannot be called “{0}”. Rename the folder: use letters, digits, - and _.</source>
        <translation>模型不能叫“{0}”。请给文件夹换个名称，只用文字、数字、- 和 _。</translation>
    </message>
    <message>
        <source>The model in {0} is incomplete or damaged. Searches use the model before.</source>
        <translation>{0} 中的模型不完整或已损坏。仍用之前的模型搜索。</translation>
    </message>
</context>
<context>
    <name>NameDialog</name>
    <message>
        <source>“{0}” is there already. Choose another name.</source>
        <translation>“{0}”已经有了，请换一个名称。</translation>
    </message>
</context>
<context>
    <name>Percent</name>
    <message>
        <source>{0} %</source>
        <translation>{0}%</translation>
    </message>
</context>
<context>
    <name>PhotoBoxBar</name>
    <message>
        <source>Box tools</source>
        <translation>框选工具</translation>
    </message>
    <message>
        <source>Similar</source>
        <translation>相似</translation>
    </message>
    <message>
        <source>Find photos that hold something like this</source>
        <translation>查找含有类似内容的照片</translation>
    </message>
    <message>
        <source>Also contains</source>
        <translation>还要包含</translation>
    </message>
    <message>
        <source>What was asked before, and this too</source>
        <translation>在原来的搜索上加上它</translation>
    </message>
    <message>
        <source>Without this</source>
        <translation>不要它</translation>
    </message>
    <message>
        <source>What was asked before, but not this</source>
        <translation>在原来的搜索中排除它</translation>
    </message>
    <message>
        <source>Another box</source>
        <translation>再画一个框</translation>
    </message>
    <message>
        <source>Keep this box and draw another (Shift+drag)</source>
        <translation>保留此框，再画一个（Shift+拖动）</translation>
    </message>
    <message>
        <source>Concept…</source>
        <translation>概念…</translation>
    </message>
    <message>
        <source>Give this a name to search by</source>
        <translation>为它命名，以便搜索</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy what is in the box</source>
        <translation>复制框中的内容</translation>
    </message>
    <message>
        <source>Show results</source>
        <translation>显示结果</translation>
    </message>
    <message>
        <source>Show all results (Enter)</source>
        <translation>显示全部结果（回车）</translation>
    </message>
</context>
<context>
    <name>PhotoCommands</name>
    <message numerus="yes">
        <source>%Ln path(s) copied</source>
        <translation>
            <numerusform>已复制 %Ln 个路径</numerusform>
        </translation>
    </message>
    <message>
        <source>Picture copied</source>
        <translation>已复制图片</translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) removed from the library; files stay</source>
        <translation>
            <numerusform>已将 %Ln 张照片移出图库，文件保留</numerusform>
        </translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>移到回收站</translation>
    </message>
    <message numerus="yes">
        <source>Move %Ln file(s) to the system&apos;s trash?</source>
        <translation>
            <numerusform>将 %Ln 个文件移到系统回收站？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>以及另外 %Ln 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) moved to trash</source>
        <translation>
            <numerusform>已将 %Ln 个文件移到回收站</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) could not be moved to trash</source>
        <translation>
            <numerusform>%Ln 个文件无法移到回收站</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) could not be brought back from trash</source>
        <translation>
            <numerusform>%Ln 个文件无法从回收站还原</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhotoGridCanvas</name>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
</context>
<context>
    <name>PhotoGridModel</name>
    <message>
        <source>fits {0}</source>
        <translation>符合 {0}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln star(s)</source>
        <translation>
            <numerusform>%Ln 星</numerusform>
        </translation>
    </message>
    <message>
        <source>favourite</source>
        <translation>已收藏</translation>
    </message>
    <message>
        <source>picked</source>
        <translation>已选用</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>已弃用</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>离线</translation>
    </message>
</context>
<context>
    <name>PhotoMenu</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Find similar</source>
        <translation>查找相似</translation>
    </message>
    <message>
        <source>Search a region…</source>
        <translation>搜索局部…</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message numerus="yes">
        <source>Copy %Ln path(s)</source>
        <translation>
            <numerusform>复制 %Ln 个路径</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Add to album</source>
        <translation>加入相册</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>评分</translation>
    </message>
    <message>
        <source>Not this</source>
        <translation>不要这种</translation>
    </message>
    <message>
        <source>Remove from library</source>
        <translation>移出图库</translation>
    </message>
    <message numerus="yes">
        <source>Remove %Ln photo(s) from library</source>
        <translation>
            <numerusform>将 %Ln 张照片移出图库</numerusform>
        </translation>
    </message>
    <message>
        <source>Move to trash…</source>
        <translation>移到回收站…</translation>
    </message>
    <message numerus="yes">
        <source>Move %Ln file(s) to trash…</source>
        <translation>
            <numerusform>将 %Ln 个文件移到回收站…</numerusform>
        </translation>
    </message>
    <message>
        <source>No stars</source>
        <translation>无评分</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Pick</source>
        <translation>选用</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>弃用</translation>
    </message>
</context>
<context>
    <name>PhotoPage</name>
    <message>
        <source>Back to the photos</source>
        <translation>返回照片列表</translation>
    </message>
    <message>
        <source>Previous photo</source>
        <translation>上一张</translation>
    </message>
    <message>
        <source>Next photo</source>
        <translation>下一张</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Find in this photo</source>
        <translation>在这张照片中查找</translation>
    </message>
    <message>
        <source>Several phrases: put commas between them</source>
        <translation>多个短语之间用逗号分隔</translation>
    </message>
</context>
<context>
    <name>PhotoToolbar</name>
    <message>
        <source>Whole photo or 100 % (Z)</source>
        <translation>整张照片或 100% (Z)</translation>
    </message>
    <message>
        <source>Whole photo or 100 %</source>
        <translation>整张照片或 100%</translation>
    </message>
    <message>
        <source>Draw a box to search for what is in it</source>
        <translation>框选以搜索其中的事物</translation>
    </message>
    <message>
        <source>Find similar photos</source>
        <translation>查找相似照片</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Heat</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>Opacity of the heat map</source>
        <translation>热图不透明度</translation>
    </message>
    <message>
        <source>Photo tools</source>
        <translation>照片工具</translation>
    </message>
</context>
<context>
    <name>PhotoView</name>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
</context>
<context>
    <name>PhraseToggle</name>
    <message>
        <source>{0}: fits {1}. Click to show or hide its place.</source>
        <translation>{0}：符合 {1}。点击可显示或隐藏其位置。</translation>
    </message>
</context>
<context>
    <name>PhraseToggles</name>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
</context>
<context>
    <name>PictureNames</name>
    <message>
        <source>A concept that was deleted</source>
        <translation>已删除的概念</translation>
    </message>
    <message>
        <source>a photo that is gone</source>
        <translation>已不存在的照片</translation>
    </message>
    <message>
        <source>Like {0}</source>
        <translation>类似 {0}</translation>
    </message>
    <message>
        <source>Region of {0}</source>
        <translation>{0} 的局部</translation>
    </message>
</context>
<context>
    <name>PrivacyPage</name>
    <message>
        <source>Nothing leaves this computer: no photo, no search, no statistics. Finelens goes to the network only when you ask it to download a model.</source>
        <translation>任何内容都不会离开这台电脑：照片、搜索和统计都不会。只有在您要求下载模型时，细寻才会使用网络。</translation>
    </message>
    <message>
        <source>Library: thumbnails, vectors, ratings</source>
        <translation>照片库：缩略图、向量、评分</translation>
    </message>
    <message>
        <source>Models you added</source>
        <translation>您添加的模型</translation>
    </message>
    <message>
        <source>Settings and the log</source>
        <translation>设置和日志</translation>
    </message>
    <message>
        <source>Prepared models (a cache)</source>
        <translation>准备好的模型（缓存）</translation>
    </message>
    <message>
        <source>Delete everything…</source>
        <translation>全部删除…</translation>
    </message>
    <message>
        <source>Licences of others…</source>
        <translation>第三方许可证…</translation>
    </message>
    <message>
        <source>Delete everything</source>
        <translation>全部删除</translation>
    </message>
    <message>
        <source>Delete all that Finelens keeps on this computer?</source>
        <translation>删除细寻保存在这台电脑上的全部内容？</translation>
    </message>
    <message>
        <source>The library with your ratings and albums, added models, settings and the log go. Your photos are not touched. This cannot be undone.</source>
        <translation>照片库（包括评分和相册）、添加的模型、设置和日志都会删除。您的照片不受影响。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
</context>
<context>
    <name>ProblemsDialog</name>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) could not be used. Everything else is in the library.</source>
        <translation>
            <numerusform>有 %Ln 个文件无法使用，其余都已加入照片库。</numerusform>
        </translation>
    </message>
    <message>
        <source>All files could be used.</source>
        <translation>所有文件都可以使用。</translation>
    </message>
    <message>
        <source>Files that could not be used</source>
        <translation>无法使用的文件</translation>
    </message>
    <message>
        <source>Try all again</source>
        <translation>全部重试</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ProblemsModel</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
</context>
<context>
    <name>QAbstractFileIconProvider</name>
    <message>
        <source>Drive</source>
        <translation>驱动器</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>File Folder</source>
        <translation>文件夹</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>查找范围(&amp;L)：</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>文件类型(&amp;T)：</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Places</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>All photos</source>
        <translation>所有照片</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Albums</source>
        <translation>相册</translation>
    </message>
    <message>
        <source>Kept searches</source>
        <translation>已保存的搜索</translation>
    </message>
    <message>
        <source>Concepts</source>
        <translation>概念</translation>
    </message>
    <message>
        <source>Sidebar</source>
        <translation>侧边栏</translation>
    </message>
    <message>
        <source>Information</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>RecoveryNotice</name>
    <message>
        <source>The library was damaged and begun anew; there was no good backup of ratings. The damaged file is kept as {aside}.</source>
        <translation>图库已损坏并已重新建立；没有可用的评分备份。损坏的文件保存为 {aside}。</translation>
    </message>
    <message>
        <source>The library was damaged and begun anew; ratings come from the backup {source}. The damaged file is kept as {aside}.</source>
        <translation>图库已损坏并已重新建立；评分来自备份 {source}。损坏的文件保存为 {aside}。</translation>
    </message>
    <message>
        <source>The library was damaged and begun anew; ratings could be read from the damaged file, which is kept as {aside}.</source>
        <translation>图库已损坏并已重新建立；评分已从损坏的文件中读出，该文件保存为 {aside}。</translation>
    </message>
    <message>
        <source>Choose a backup</source>
        <translation>选择备份</translation>
    </message>
    <message>
        <source>Ratings, albums and tags become those of:</source>
        <translation>评分、相册和标签将恢复为：</translation>
    </message>
</context>
<context>
    <name>RegionSearch</name>
    <message>
        <source>What is in the box was copied</source>
        <translation>已复制框中的内容</translation>
    </message>
    <message>
        <source>Region of {0}</source>
        <translation>{0} 的局部</translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message>
        <source>Nothing here fits. The closest are below.</source>
        <translation>没有完全符合的照片。下面是最接近的。</translation>
    </message>
    <message>
        <source>Nothing here fits.</source>
        <translation>没有符合的照片。</translation>
    </message>
    <message>
        <source>Try other words, or look in all photos.</source>
        <translation>换个说法试试，或在所有照片中查找。</translation>
    </message>
    <message>
        <source>No photo passes the filters</source>
        <translation>没有照片符合筛选条件</translation>
    </message>
    <message>
        <source>Take a filter out, or let it include more.</source>
        <translation>请移除或放宽某个筛选条件。</translation>
    </message>
    <message>
        <source>Nothing is left</source>
        <translation>没有剩下的照片</translation>
    </message>
    <message>
        <source>All photos that could fit show what must not be there.</source>
        <translation>可能符合的照片都含有需要排除的内容。</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在搜索…</translation>
    </message>
    <message>
        <source>This search was not answered</source>
        <translation>这次搜索没有得到回答</translation>
    </message>
    <message>
        <source>Press Enter in the search line to ask again.</source>
        <translation>在搜索框里按 Enter 再问一次。</translation>
    </message>
    <message>
        <source>No favourites yet</source>
        <translation>还没有收藏</translation>
    </message>
    <message>
        <source>Photos that you mark as favourites appear here.</source>
        <translation>您收藏的照片会显示在这里。</translation>
    </message>
    <message>
        <source>This album is empty</source>
        <translation>这个相册是空的</translation>
    </message>
    <message>
        <source>Drag photos onto it in the sidebar, or select some and press B.</source>
        <translation>把照片拖到侧栏中的相册上，或选中照片后按 B。</translation>
    </message>
    <message>
        <source>Photos are on their way</source>
        <translation>照片马上就来</translation>
    </message>
    <message>
        <source>They appear here as soon as they can be searched.</source>
        <translation>照片一旦可以搜索，就会显示在这里。</translation>
    </message>
    <message>
        <source>This folder is offline</source>
        <translation>此文件夹已离线</translation>
    </message>
    <message>
        <source>Connect its disk, or say in its menu where it lies now. Nothing is lost.</source>
        <translation>请连接磁盘，或在其菜单中指定新位置。不会丢失任何内容。</translation>
    </message>
    <message>
        <source>No photos here</source>
        <translation>这里没有照片</translation>
    </message>
    <message>
        <source>This folder holds no pictures that can be read.</source>
        <translation>此文件夹中没有可读取的图片。</translation>
    </message>
</context>
<context>
    <name>ResultsStrip</name>
    <message>
        <source>Searching…</source>
        <translation>正在搜索…</translation>
    </message>
    <message>
        <source>Draw a box round something, or press Enter for one that the arrow keys move. Photos with something like it appear here.</source>
        <translation>围绕某样东西画一个框，或按回车键放一个框、再用方向键移动。含有类似内容的照片会显示在这里。</translation>
    </message>
    <message>
        <source>Nothing here fits. Try another box, or show the closest.</source>
        <translation>没有符合的照片。可以换一个框，或查看最接近的。</translation>
    </message>
    <message>
        <source>Only this photo has something like it. Show the results for the closest.</source>
        <translation>只有这张照片含有类似内容。点“显示结果”可查看最接近的。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) with something like this</source>
        <translation>
            <numerusform>%Ln 张照片含有类似内容</numerusform>
        </translation>
    </message>
    <message>
        <source>{0}, {1} of {2}</source>
        <translation>{0}，第 {1} 个，共 {2} 个</translation>
    </message>
</context>
<context>
    <name>SearchBar</name>
    <message>
        <source>What are you looking for?</source>
        <translation>要找什么？</translation>
    </message>
    <message>
        <source>Search photos</source>
        <translation>搜索照片</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Clear (Esc)</source>
        <translation>清除 (Esc)</translation>
    </message>
    <message>
        <source>Search by a picture or a box</source>
        <translation>按图片或框选搜索</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>Past searches</source>
        <translation>搜索记录</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Draw a box in the selected photo</source>
        <translation>在所选照片中框选</translation>
    </message>
    <message>
        <source>Paste a picture</source>
        <translation>粘贴图片</translation>
    </message>
    <message>
        <source>Choose a picture…</source>
        <translation>选择图片…</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Language and look</source>
        <translation>语言和外观</translation>
    </message>
    <message>
        <source>Search model</source>
        <translation>搜索模型</translation>
    </message>
    <message>
        <source>Background work</source>
        <translation>后台工作</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>照片库</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>In an open photo</source>
        <translation>在打开的照片中</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Search box; in an open photo: find in it</source>
        <translation>搜索框；在打开的照片中：在其中查找</translation>
    </message>
    <message>
        <source>Search at once</source>
        <translation>立即搜索</translation>
    </message>
    <message>
        <source>Find similar photos</source>
        <translation>查找相似照片</translation>
    </message>
    <message>
        <source>Draw a box to search for what is in it</source>
        <translation>画框搜索其中的内容</translation>
    </message>
    <message>
        <source>{0}+drag</source>
        <translation>{0}+拖动</translation>
    </message>
    <message>
        <source>Draw a box on a thumbnail</source>
        <translation>在缩略图上画框</translation>
    </message>
    <message>
        <source>Search by the picture on the clipboard</source>
        <translation>用剪贴板中的图片搜索</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Back and forward through searches</source>
        <translation>在搜索记录中后退、前进</translation>
    </message>
    <message>
        <source>Past searches (Down: in the search line)</source>
        <translation>搜索记录（↓ 在搜索框中）</translation>
    </message>
    <message>
        <source>Keep this search</source>
        <translation>保存此搜索</translation>
    </message>
    <message>
        <source>Save as concept</source>
        <translation>存为概念</translation>
    </message>
    <message>
        <source>Export the results</source>
        <translation>导出结果</translation>
    </message>
    <message>
        <source>Where a concept is shown: this is it, this is not</source>
        <translation>查看概念时：这就是，这不是</translation>
    </message>
    <message>
        <source>Freeze the order of results</source>
        <translation>固定结果顺序</translation>
    </message>
    <message>
        <source>Zoom to the matching place</source>
        <translation>放大到匹配位置</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>评分</translation>
    </message>
    <message>
        <source>Favourite, pick, reject</source>
        <translation>收藏、选用、弃用</translation>
    </message>
    <message>
        <source>Select all, the others, none</source>
        <translation>全选、反选、不选</translation>
    </message>
    <message>
        <source>Show in file manager, open with</source>
        <translation>在文件管理器中显示、打开方式</translation>
    </message>
    <message>
        <source>Copy path, copy picture</source>
        <translation>复制路径、复制图片</translation>
    </message>
    <message>
        <source>Add to an album; also by dragging to the sidebar</source>
        <translation>加入相册；也可拖到侧栏</translation>
    </message>
    <message>
        <source>Move to trash; asks before</source>
        <translation>移到回收站，会先询问</translation>
    </message>
    <message>
        <source>Undo, redo</source>
        <translation>撤销、重做</translation>
    </message>
    <message>
        <source>Photo before and after, also Alt and wheel</source>
        <translation>上一张、下一张，也可用 Alt 加滚轮</translation>
    </message>
    <message>
        <source>Whole photo or 100 %, also by a click; the wheel zooms</source>
        <translation>整张照片或 100 %，也可单击；滚轮缩放</translation>
    </message>
    <message>
        <source>After R: a box round the most striking thing</source>
        <translation>按 R 之后：框住最醒目的物体</translation>
    </message>
    <message>
        <source>arrows</source>
        <translation>方向键</translation>
    </message>
    <message>
        <source>Nudge the box; with Shift change its size</source>
        <translation>微移框；加 Shift 改变大小</translation>
    </message>
    <message>
        <source>Clear the box, then back to the photos</source>
        <translation>清除框，再返回照片</translation>
    </message>
    <message>
        <source>Hide or show the sidebar, the information</source>
        <translation>隐藏或显示侧栏、信息</translation>
    </message>
    <message>
        <source>Information about the photo</source>
        <translation>照片信息</translation>
    </message>
    <message>
        <source>Next panel</source>
        <translation>下一面板</translation>
    </message>
    <message>
        <source>In the sidebar: rename, delete or remove</source>
        <translation>在侧边栏：重命名、删除或移除</translation>
    </message>
    <message>
        <source>Larger and smaller thumbnails</source>
        <translation>放大、缩小缩略图</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>此列表</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Library and folders</source>
        <translation>照片库和文件夹</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>New album…</source>
        <translation>新建相册…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Look for new photos</source>
        <translation>查找新照片</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>It lies elsewhere now…</source>
        <translation>它已移到别处…</translation>
    </message>
    <message>
        <source>Remove from library…</source>
        <translation>从照片库中移除…</translation>
    </message>
</context>
<context>
    <name>SidebarModel</name>
    <message>
        <source>Library</source>
        <translation>照片库</translation>
    </message>
    <message>
        <source>All photos</source>
        <translation>所有照片</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Albums</source>
        <translation>相册</translation>
    </message>
    <message>
        <source>Drag photos here</source>
        <translation>把照片拖到这里</translation>
    </message>
    <message>
        <source>Searches</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Keep a search with Ctrl+S</source>
        <translation>按 Ctrl+S 保存搜索</translation>
    </message>
    <message>
        <source>Concepts</source>
        <translation>概念</translation>
    </message>
    <message>
        <source>Draw a box, then name it</source>
        <translation>画框后命名</translation>
    </message>
    <message>
        <source>Demo album</source>
        <translation>示例相册</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>离线</translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s)</source>
        <translation>
            <numerusform>%Ln 张照片</numerusform>
        </translation>
    </message>
    <message>
        <source>indexing</source>
        <translation>正在建立索引</translation>
    </message>
</context>
<context>
    <name>StarRating</name>
    <message numerus="yes">
        <source>%Ln star(s)</source>
        <translation>
            <numerusform>%Ln 星</numerusform>
        </translation>
    </message>
    <message>
        <source>Rating (0 to 5)</source>
        <translation>评分（0 到 5）</translation>
    </message>
</context>
<context>
    <name>StartingBar</name>
    <message>
        <source>The search engine is starting</source>
        <translation>搜索引擎正在启动</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Indexing progress</source>
        <translation>索引进度</translation>
    </message>
    <message>
        <source>Stop indexing</source>
        <translation>停止建立索引</translation>
    </message>
    <message>
        <source>Thumbnail size</source>
        <translation>缩略图大小</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在搜索…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln result(s)</source>
        <translation>
            <numerusform>%Ln 个结果</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s)</source>
        <translation>
            <numerusform>%Ln 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln problem(s)</source>
        <translation>
            <numerusform>%Ln 个问题</numerusform>
        </translation>
    </message>
    <message>
        <source>Indexing starts…</source>
        <translation>即将开始建立索引…</translation>
    </message>
    <message>
        <source>Go on indexing</source>
        <translation>继续建立索引</translation>
    </message>
    <message>
        <source>Pause indexing</source>
        <translation>暂停建立索引</translation>
    </message>
    <message>
        <source>Freeze the order</source>
        <translation>固定顺序</translation>
    </message>
    <message>
        <source>Zoom to match</source>
        <translation>放大到匹配处</translation>
    </message>
    <message>
        <source>{0} ms</source>
        <translation>{0} 毫秒</translation>
    </message>
    <message numerus="yes">
        <source>%Ln left out</source>
        <translation>
            <numerusform>排除 %Ln 张</numerusform>
        </translation>
    </message>
    <message>
        <source>refining…</source>
        <translation>正在细化…</translation>
    </message>
    <message>
        <source>Looking for photos: {0}</source>
        <translation>正在查找照片：{0}</translation>
    </message>
    <message>
        <source>Paused at {0}</source>
        <translation>已暂停：{0}</translation>
    </message>
    <message>
        <source>Indexing {0}</source>
        <translation>正在建立索引 {0}</translation>
    </message>
    <message>
        <source>Adding detail {0}</source>
        <translation>正在补充细节 {0}</translation>
    </message>
    <message>
        <source>{0}/s</source>
        <translation>{0} 张/秒</translation>
    </message>
    <message numerus="yes">
        <source>%Ln second(s) left</source>
        <translation>
            <numerusform>剩余 %Ln 秒</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln minute(s) left</source>
        <translation>
            <numerusform>剩余 %Ln 分钟</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln hour(s) left</source>
        <translation>
            <numerusform>剩余 %Ln 小时</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TagEditor</name>
    <message>
        <source>Add a tag</source>
        <translation>添加标签</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>TokenMeter</name>
    <message>
        <source>The words are longer than what can be read: {0}. The end does not count.</source>
        <translation>文字超过可读取的长度：{0}。末尾部分不计。</translation>
    </message>
    <message>
        <source>Length of the words: {0}</source>
        <translation>文字长度：{0}</translation>
    </message>
</context>
<context>
    <name>WeakSeparator</name>
    <message>
        <source>weak matches ({count})</source>
        <translation>弱匹配（{count}）</translation>
    </message>
    <message>
        <source>hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>show</source>
        <translation>显示</translation>
    </message>
</context>
<context>
    <name>WindowActions</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Search</source>
        <translation>搜索(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Photo</source>
        <translation>照片(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Rate</source>
        <translation>评分(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>&amp;Add a folder…</source>
        <translation>添加文件夹(&amp;A)…</translation>
    </message>
    <message>
        <source>New a&amp;lbum…</source>
        <translation>新建相册(&amp;L)…</translation>
    </message>
    <message>
        <source>Try the &amp;demo album</source>
        <translation>试用示例相册(&amp;D)</translation>
    </message>
    <message>
        <source>Look for &amp;new photos</source>
        <translation>查找新照片(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Problems…</source>
        <translation>问题(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;Export results…</source>
        <translation>导出结果(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>Fi&amp;lters…</source>
        <translation>筛选(&amp;L)…</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>后退(&amp;B)</translation>
    </message>
    <message>
        <source>For&amp;ward</source>
        <translation>前进(&amp;W)</translation>
    </message>
    <message>
        <source>Past searc&amp;hes</source>
        <translation>搜索记录(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Paste a picture</source>
        <translation>粘贴图片(&amp;P)</translation>
    </message>
    <message>
        <source>Lar&amp;ger thumbnails</source>
        <translation>放大缩略图(&amp;G)</translation>
    </message>
    <message>
        <source>Find &amp;similar photos</source>
        <translation>查找相似照片(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>Search &amp;models…</source>
        <translation>搜索模型(&amp;M)…</translation>
    </message>
    <message>
        <source>Search a &amp;region…</source>
        <translation>按区域搜索(&amp;R)…</translation>
    </message>
    <message>
        <source>Search by a picture f&amp;ile…</source>
        <translation>用图片文件搜索(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Keep this search…</source>
        <translation>保存此搜索(&amp;K)…</translation>
    </message>
    <message>
        <source>Save as &amp;concept…</source>
        <translation>存为概念(&amp;C)…</translation>
    </message>
    <message>
        <source>Freeze the &amp;order</source>
        <translation>固定顺序(&amp;O)</translation>
    </message>
    <message>
        <source>F&amp;avourite</source>
        <translation>收藏(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Pick</source>
        <translation>选用(&amp;P)</translation>
    </message>
    <message>
        <source>Re&amp;ject</source>
        <translation>弃用(&amp;J)</translation>
    </message>
    <message>
        <source>&amp;Show in file manager</source>
        <translation>在文件管理器中显示(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Open with another program</source>
        <translation>用其他程序打开(&amp;O)</translation>
    </message>
    <message>
        <source>Copy pa&amp;th</source>
        <translation>复制路径(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Copy picture</source>
        <translation>复制图片(&amp;C)</translation>
    </message>
    <message>
        <source>Add to al&amp;bum…</source>
        <translation>加入相册(&amp;B)…</translation>
    </message>
    <message>
        <source>Remove from &amp;library</source>
        <translation>移出图库(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Move to trash…</source>
        <translation>移到回收站(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;No stars</source>
        <translation>无评分(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Sidebar</source>
        <translation>侧边栏(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Information</source>
        <translation>信息(&amp;I)</translation>
    </message>
    <message>
        <source>S&amp;maller thumbnails</source>
        <translation>缩小缩略图(&amp;M)</translation>
    </message>
    <message>
        <source>S&amp;quare thumbnails</source>
        <translation>方形缩略图(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Zoom to match</source>
        <translation>放大到匹配处(&amp;Z)</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Next panel</source>
        <translation>下一个面板(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;About Finelens</source>
        <translation>关于细寻(&amp;A)</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
</context>
<context>
    <name>WindowController</name>
    <message>
        <source>Region of {0}</source>
        <translation>{0} 中的区域</translation>
    </message>
    <message>
        <source>Like {0}</source>
        <translation>与 {0} 相似</translation>
    </message>
    <message>
        <source>Search by a picture</source>
        <translation>按图片搜索</translation>
    </message>
    <message>
        <source>Pictures ({0})</source>
        <translation>图片 ({0})</translation>
    </message>
    <message>
        <source>Like the pasted picture</source>
        <translation>与粘贴的图片相似</translation>
    </message>
    <message>
        <source>Choose a photo first.</source>
        <translation>请先选择一张照片。</translation>
    </message>
</context>
<context>
    <name>WindowLife</name>
    <message>
        <source>One moment…</source>
        <translation>请稍候…</translation>
    </message>
    <message>
        <source>That did not work.</source>
        <translation>操作没有成功。</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>Undone: {0}</source>
        <translation>已撤销：{0}</translation>
    </message>
    <message>
        <source>Done again: {0}</source>
        <translation>已重做：{0}</translation>
    </message>
</context>
<context>
    <name>WorkPage</name>
    <message>
        <source>Rest while the computer runs on its battery</source>
        <translation>使用电池时暂停</translation>
    </message>
    <message>
        <source>Rest while I am typing a search</source>
        <translation>输入搜索内容时暂停</translation>
    </message>
    <message>
        <source>This concerns indexing. Searching always has what it needs.</source>
        <translation>仅影响索引。搜索始终优先。</translation>
    </message>
    <message>
        <source>Processor cores</source>
        <translation>处理器核心</translation>
    </message>
    <message>
        <source>Processor cores: {0} of {1}</source>
        <translation>处理器核心：{0} / {1}</translation>
    </message>
</context>
<context>
    <name>window</name>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
</context>
</TS>
