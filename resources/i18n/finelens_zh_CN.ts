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
    <name>Chip</name>
    <message>
        <source>Remove: {0}</source>
        <translation>移除：{0}</translation>
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
        <source>The file of this photo is gone.</source>
        <translation>这张照片的文件已不存在。</translation>
    </message>
    <message>
        <source>This photo cannot be read.</source>
        <translation>无法读取这张照片。</translation>
    </message>
    <message>
        <source>This cannot be searched for.</source>
        <translation>无法按此内容搜索。</translation>
    </message>
    <message>
        <source>The search engine stopped during this.</source>
        <translation>搜索引擎在处理时停止了。</translation>
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
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Photo information</source>
        <translation>照片信息</translation>
    </message>
    <message>
        <source>Choose a photo to see its details.</source>
        <translation>选择一张照片以查看详情。</translation>
    </message>
    <message>
        <source>Fits the question: {0} %</source>
        <translation>符合程度：{0}%</translation>
    </message>
    <message>
        <source>Fits weakly: {0} %</source>
        <translation>弱匹配：{0}%</translation>
    </message>
    <message>
        <source>{0} × {1} pixels</source>
        <translation>{0} × {1} 像素</translation>
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
        <source>Favourite</source>
        <translation>收藏</translation>
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
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Fits {0} %</source>
        <translation>符合 {0}%</translation>
    </message>
</context>
<context>
    <name>PhotoToolbar</name>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
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
        <source>Favourites</source>
        <translation>收藏</translation>
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
        <source>No favourites yet</source>
        <translation>还没有收藏</translation>
    </message>
    <message>
        <source>Photos that you mark as favourites appear here.</source>
        <translation>您收藏的照片会显示在这里。</translation>
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
        <source>Connect its disk; nothing is forgotten meanwhile.</source>
        <translation>请连接它所在的磁盘；其间不会丢失任何记录。</translation>
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
        <source>Look for new photos</source>
        <translation>查找新照片</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
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
        <source>Demo album</source>
        <translation>示例相册</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0}%</translation>
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
    <message>
        <source>{0} · {1} ms</source>
        <translation>{0} · {1} 毫秒</translation>
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
        <source>&amp;Search</source>
        <translation>搜索(&amp;S)</translation>
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
        <source>S&amp;ettings…</source>
        <translation>设置(&amp;E)…</translation>
    </message>
    <message>
        <source>Search &amp;models…</source>
        <translation>搜索模型(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Paste a picture</source>
        <translation>粘贴图片(&amp;P)</translation>
    </message>
    <message>
        <source>Search by a picture &amp;file…</source>
        <translation>按图片文件搜索(&amp;F)…</translation>
    </message>
    <message>
        <source>Find &amp;similar photos</source>
        <translation>查找相似照片(&amp;S)</translation>
    </message>
    <message>
        <source>Search a &amp;region…</source>
        <translation>按区域搜索(&amp;R)…</translation>
    </message>
    <message>
        <source>F&amp;avourite</source>
        <translation>收藏(&amp;A)</translation>
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
        <source>&amp;Larger thumbnails</source>
        <translation>放大缩略图(&amp;L)</translation>
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
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Next panel</source>
        <translation>下一个面板(&amp;N)</translation>
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
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Find similar</source>
        <translation>查找相似</translation>
    </message>
    <message>
        <source>Search a region…</source>
        <translation>按区域搜索…</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message numerus="yes">
        <source>Copy %Ln path(s)</source>
        <translation>
            <numerusform>复制 %Ln 个路径</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
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
</TS>
