; Inno Setup script: a per-user installation without administrator rights.
; ISCC.exe /DVersion=0.1.0 packager\windows\finelens.iss   (the version: app/core/version.py)
#ifndef Version
  #error Give the version: /DVersion=...
#endif

[Setup]
AppId={{4B0E6E0C-7C0B-4A53-9E2C-0C8E3C9A5C11}
AppName=Finelens
AppVersion={#Version}
AppPublisher=Finelens
DefaultDirName={localappdata}\Programs\Finelens
PrivilegesRequired=lowest
DisableProgramGroupPage=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
SourceDir=..\..
OutputDir=dist
OutputBaseFilename=finelens-{#Version}-windows-x86_64
SetupIconFile=resources\icons\finelens.ico
UninstallDisplayIcon={app}\finelens.exe
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
; Signed where a signing tool is set up in Inno Setup under this name.
#ifdef Sign
SignTool=finelens
SignedUninstaller=yes
#endif

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "zh"; MessagesFile: "compiler:Languages\ChineseSimplified.isl"

[CustomMessages]
en.OpenFolder=Open with Finelens
zh.OpenFolder=用细寻打开

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Files]
Source: "dist\finelens\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Finelens"; Filename: "{app}\finelens.exe"
Name: "{autodesktop}\Finelens"; Filename: "{app}\finelens.exe"; Tasks: desktopicon

[Registry]
Root: HKCU; Subkey: "Software\Classes\Directory\shell\Finelens"; ValueType: string; ValueData: "{cm:OpenFolder}"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\Directory\shell\Finelens"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\finelens.exe"
Root: HKCU; Subkey: "Software\Classes\Directory\shell\Finelens\command"; ValueType: string; ValueData: """{app}\finelens.exe"" ""%1"""

[Run]
Filename: "{app}\finelens.exe"; Description: "{cm:LaunchProgram,Finelens}"; Flags: nowait postinstall skipifsilent
