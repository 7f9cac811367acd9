#!/bin/sh
# Fetch the page assets by pinned version with npm and copy what the pages use into the tree.
# Only a developer who raises a version runs this; running salesoffice needs neither npm nor node.
set -eu

TABLER=1.6.1
HTMX=2.0.11
ALPINE_CSP=3.17.4
TABLER_ICONS=3.51.0
AXE=4.14.1
NOTO_SANS_SC=0.4.3
NOTO_SANS_JP=0.4.3
NOTO_SANS_HK=0.4.3

ICONS="alert-triangle arrow-left arrows-exchange ban bell building calendar cash chart-bar check chevron-down
chevron-left chevron-right chevron-up clock device-mobile dots door download eye eye-off file-invoice file-text
filter history home id info-circle key language layout-grid list lock lock-open logout mail map-pin menu-2 message
moon pencil phone plus printer receipt refresh report-money search send settings shield signature star sun table
trash upload user users x"

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fetch NAME@VERSION FOLDER: unpack the package of the registry into $work/FOLDER
fetch() {
  mkdir -p "$work/$2"
  archive=$(cd "$work" && npm pack --silent "$1")
  tar -xzf "$work/$archive" -C "$work/$2" --strip-components=1
}

# sums FOLDER: write SHA256SUMS over every other file of the folder
sums() {
  (cd "$1" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | sed 's|^\./||' | xargs sha256sum >SHA256SUMS)
}

# sprite FOLDER: print one SVG with a <symbol> per icon, each drawn in the colour of the text around it
sprite() {
  echo '<svg xmlns="http://www.w3.org/2000/svg">'
  for icon in $ICONS; do
    printf '<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" ' "$icon"
    printf 'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
    tr '\n' ' ' <"$1/$icon.svg" | sed -e 's/.*<svg[^>]*>//' -e 's|</svg>.*||' -e 's/> *</></g' -e 's|<path stroke="none" d="M0 0h24v24H0z" fill="none" />||' -e 's/^ *//' -e 's/ *$//'
    echo '</symbol>'
  done
  echo '</svg>'
}

fetch "@tabler/core@$TABLER" tabler
fetch "htmx.org@$HTMX" htmx
fetch "@alpinejs/csp@$ALPINE_CSP" alpine
fetch "@tabler/icons@$TABLER_ICONS" icons
fetch "axe-core@$AXE" axe
fetch "@expo-google-fonts/noto-sans-sc@$NOTO_SANS_SC" noto
fetch "@expo-google-fonts/noto-sans-jp@$NOTO_SANS_JP" noto-jp
fetch "@expo-google-fonts/noto-sans-hk@$NOTO_SANS_HK" noto-hk

vendor="$root/static/vendor"
fonts="$root/static/fonts"
axe="$root/tests/vendor"
rm -rf "$vendor" "$fonts" "$axe"
mkdir -p "$vendor/tabler" "$vendor/htmx" "$vendor/alpine" "$vendor/icons" "$fonts" "$axe"

# minified FROM TO: copy without the reference to a source map that is not shipped
minified() {
  sed -e 's|/[/*]# sourceMappingURL=[^ ]*\( \*/\)\{0,1\}||' "$1" >"$2"
}

# The packages of tabler and alpine carry no licence file; tools/licenses has the text their authors state.
minified "$work/tabler/dist/css/tabler.min.css" "$vendor/tabler/tabler.min.css"
minified "$work/tabler/dist/js/tabler.min.js" "$vendor/tabler/tabler.min.js"
cp "$root/tools/licenses/tabler.txt" "$vendor/tabler/LICENSE"
cp "$work/htmx/dist/htmx.min.js" "$vendor/htmx/"
cp "$work/htmx/LICENSE" "$vendor/htmx/LICENSE"
cp "$work/alpine/dist/cdn.min.js" "$vendor/alpine/alpine-csp.min.js"
cp "$root/tools/licenses/alpine.txt" "$vendor/alpine/LICENSE"
sprite "$work/icons/icons/outline" >"$vendor/icons/tabler.svg"
cp "$work/icons/LICENSE" "$vendor/icons/LICENSE"
cat >"$vendor/README.md" <<TEXT
Third-party page assets, copied by \`tools/vendor.sh\`; do not edit by hand.

| folder | package | version | licence |
|---|---|---|---|
| tabler | @tabler/core | $TABLER | MIT |
| htmx | htmx.org | $HTMX | 0BSD |
| alpine | @alpinejs/csp | $ALPINE_CSP | MIT |
| icons | @tabler/icons (outline, a selection) | $TABLER_ICONS | MIT |
TEXT
sums "$vendor"

cp "$work/noto/400Regular/NotoSansSC_400Regular.ttf" "$fonts/NotoSansSC-Regular.ttf"
cp "$work/noto/700Bold/NotoSansSC_700Bold.ttf" "$fonts/NotoSansSC-Bold.ttf"
# Rare names that Noto Sans SC lacks; needs the environment of salesoffice.sh (fontTools).
"$root/.venv/bin/python" "$root/tools/rare_glyphs.py" "$fonts/NotoSansSC-Regular.ttf" \
  "$work/noto-jp/400Regular/NotoSansJP_400Regular.ttf=$fonts/NotoSansJP-Rare.ttf" \
  "$work/noto-hk/400Regular/NotoSansHK_400Regular.ttf=$fonts/NotoSansHK-Rare.ttf"
cp "$work/noto/LICENSE_FONT" "$fonts/OFL.txt"
sums "$fonts"

cp "$work/axe/axe.min.js" "$axe/"
cp "$work/axe/LICENSE" "$work/axe/LICENSE-3RD-PARTY.txt" "$axe/"
sums "$axe"
echo "vendored: $(wc -l <"$vendor/SHA256SUMS") files, $(wc -l <"$fonts/SHA256SUMS") fonts, $(wc -l <"$axe/SHA256SUMS") for tests"
