<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AlbumsController</name>
    <message numerus="yes">
        <source>Name of the album for %Ln photo(s):</source>
        <translation>
            <numerusform>Name of the album for %Ln photo:</numerusform>
            <numerusform>Name of the album for %Ln photos:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) added to “{0}”</source>
        <translation>
            <numerusform>%Ln photo added to “{0}”</numerusform>
            <numerusform>%Ln photos added to “{0}”</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) taken out of “{0}”</source>
        <translation>
            <numerusform>%Ln photo taken out of “{0}”</numerusform>
            <numerusform>%Ln photos taken out of “{0}”</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FoldersController</name>
    <message numerus="yes">
        <source>Add %Ln folder(s) to the library?</source>
        <translation>
            <numerusform>Add %Ln folder to the library?</numerusform>
            <numerusform>Add %Ln folders to the library?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryController</name>
    <message numerus="yes">
        <source>%Ln past search(es) forgotten</source>
        <translation>
            <numerusform>%Ln past search forgotten</numerusform>
            <numerusform>%Ln past searches forgotten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KeptController</name>
    <message numerus="yes">
        <source>What do %Ln example(s) show? You can search by this name.</source>
        <translation>
            <numerusform>What does the example show? You can search by this name.</numerusform>
            <numerusform>What do the %Ln examples show? You can search by this name.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) written to {0}</source>
        <translation>
            <numerusform>%Ln photo written to {0}</numerusform>
            <numerusform>%Ln photos written to {0}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MarksController</name>
    <message numerus="yes">
        <source>%Ln photo(s) marked as favourite</source>
        <translation>
            <numerusform>%Ln photo marked as favourite</numerusform>
            <numerusform>%Ln photos marked as favourite</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) no longer favourite</source>
        <translation>
            <numerusform>%Ln photo no longer favourite</numerusform>
            <numerusform>%Ln photos no longer favourite</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) rated {stars}</source>
        <translation>
            <numerusform>%Ln photo rated {stars}</numerusform>
            <numerusform>%Ln photos rated {stars}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Rating of %Ln photo(s) removed</source>
        <translation>
            <numerusform>Rating of %Ln photo removed</numerusform>
            <numerusform>Rating of %Ln photos removed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Flag of %Ln photo(s) removed</source>
        <translation>
            <numerusform>Flag of %Ln photo removed</numerusform>
            <numerusform>Flag of %Ln photos removed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) picked</source>
        <translation>
            <numerusform>%Ln photo picked</numerusform>
            <numerusform>%Ln photos picked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) rejected</source>
        <translation>
            <numerusform>%Ln photo rejected</numerusform>
            <numerusform>%Ln photos rejected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhotoCommands</name>
    <message numerus="yes">
        <source>%Ln path(s) copied</source>
        <translation>
            <numerusform>%Ln path copied</numerusform>
            <numerusform>%Ln paths copied</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s) removed from the library; files stay</source>
        <translation>
            <numerusform>%Ln photo removed from the library; files stay</numerusform>
            <numerusform>%Ln photos removed from the library; files stay</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %Ln file(s) to the system&apos;s trash?</source>
        <translation>
            <numerusform>Move %Ln file to the system&apos;s trash?</numerusform>
            <numerusform>Move %Ln files to the system&apos;s trash?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) moved to trash</source>
        <translation>
            <numerusform>%Ln file moved to trash</numerusform>
            <numerusform>%Ln files moved to trash</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) could not be moved to trash</source>
        <translation>
            <numerusform>%Ln file could not be moved to trash</numerusform>
            <numerusform>%Ln files could not be moved to trash</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) could not be brought back from trash</source>
        <translation>
            <numerusform>%Ln file could not be brought back from trash</numerusform>
            <numerusform>%Ln files could not be brought back from trash</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhotoGridModel</name>
    <message numerus="yes">
        <source>%Ln star(s)</source>
        <translation>
            <numerusform>%Ln star</numerusform>
            <numerusform>%Ln stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhotoMenu</name>
    <message numerus="yes">
        <source>Copy %Ln path(s)</source>
        <translation>
            <numerusform>Copy %Ln path</numerusform>
            <numerusform>Copy %Ln paths</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %Ln photo(s) from library</source>
        <translation>
            <numerusform>Remove %Ln photo from library</numerusform>
            <numerusform>Remove %Ln photos from library</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %Ln file(s) to trash…</source>
        <translation>
            <numerusform>Move %Ln file to trash…</numerusform>
            <numerusform>Move %Ln files to trash…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProblemsDialog</name>
    <message numerus="yes">
        <source>%Ln file(s) could not be used. Everything else is in the library.</source>
        <translation>
            <numerusform>%Ln file could not be used. Everything else is in the library.</numerusform>
            <numerusform>%Ln files could not be used. Everything else is in the library.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsStrip</name>
    <message numerus="yes">
        <source>%Ln photo(s) with something like this</source>
        <translation>
            <numerusform>%Ln photo with something like this</numerusform>
            <numerusform>%Ln photos with something like this</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SidebarModel</name>
    <message numerus="yes">
        <source>%Ln photo(s)</source>
        <translation>
            <numerusform>%Ln photo</numerusform>
            <numerusform>%Ln photos</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StarRating</name>
    <message numerus="yes">
        <source>%Ln star(s)</source>
        <translation>
            <numerusform>%Ln star</numerusform>
            <numerusform>%Ln stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%Ln result(s)</source>
        <translation>
            <numerusform>%Ln result</numerusform>
            <numerusform>%Ln results</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln left out</source>
        <translation>
            <numerusform>%Ln left out</numerusform>
            <numerusform>%Ln left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photo(s)</source>
        <translation>
            <numerusform>%Ln photo</numerusform>
            <numerusform>%Ln photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln problem(s)</source>
        <translation>
            <numerusform>%Ln problem</numerusform>
            <numerusform>%Ln problems</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln second(s) left</source>
        <translation>
            <numerusform>%Ln second left</numerusform>
            <numerusform>%Ln seconds left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln minute(s) left</source>
        <translation>
            <numerusform>%Ln minute left</numerusform>
            <numerusform>%Ln minutes left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln hour(s) left</source>
        <translation>
            <numerusform>%Ln hour left</numerusform>
            <numerusform>%Ln hours left</numerusform>
        </translation>
    </message>
</context>
</TS>
