#!/bin/sh
# Signs dist/Finelens.app, makes a disk image, has Apple notarise it. Run on macOS after `make package`.
# Needs: SIGNING_IDENTITY ("Developer ID Application: ...") and a keychain profile in NOTARY_PROFILE
# (once: xcrun notarytool store-credentials NAME).
set -eu
cd "$(dirname "$0")/../.."
app=dist/Finelens.app
image=dist/Finelens.dmg
: "${SIGNING_IDENTITY:?name of the Developer ID certificate}" "${NOTARY_PROFILE:?keychain profile}"

# Inside out: a bundle's signature covers those of its libraries.
find "$app" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    xargs -0 codesign --force --timestamp --options runtime --sign "$SIGNING_IDENTITY"
codesign --force --timestamp --options runtime --sign "$SIGNING_IDENTITY" \
    --entitlements packager/macos/entitlements.plist "$app"
codesign --verify --deep --strict "$app"

rm -f "$image"
hdiutil create -volname Finelens -srcfolder "$app" -format UDZO "$image"
codesign --force --timestamp --sign "$SIGNING_IDENTITY" "$image"
xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
xcrun stapler staple "$image"
spctl --assess --type open --context context:primary-signature "$image"
