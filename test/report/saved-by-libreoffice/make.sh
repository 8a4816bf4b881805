#!/usr/bin/env bash
# Pays oct.csv and plain.csv in the simulator (every payment fails there), opens the files of failed rows and the report in LibreOffice,
# saves them, and keeps what LibreOffice wrote in saved/. Run after `npm run build`, with `soffice` on the path
# (apt-get install --no-install-recommends libreoffice-calc). The files here were saved by LibreOffice 7.4.7.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
payrun=$here/../../../dist/cli/bin.js
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here"/payrun.yaml "$here"/*.csv "$folder"
cd "$folder"
export XDG_STATE_HOME=$folder/state
save() { # FILE NAME IN OUT: opened and saved with these filter options; none: as LibreOffice does by itself
  local open=() to=csv
  [ -z "$3" ] || open=("--infilter=CSV:$3")
  [ -z "$4" ] || to="csv:Text - txt - csv (StarCalc):$4"
  soffice "-env:UserInstallation=file://$folder/profile" --headless "${open[@]}" --convert-to "$to" --outdir out "$1" >/dev/null 2>&1
  mkdir -p "$here/saved" && mv out/*.csv "$here/saved/$2.csv"
}
comma=44,34,76,1,,0,false,true semicolon=59,34,76,1,,0,false,true
pay() { node "$payrun" run "$1.csv" >/dev/null 2>&1 || [ $? = 4 ]; }
pay oct
for name in oct-failed report; do
  file=reports/oct/$name.csv name=oct-${name#oct-}
  save "$file" "$name-default" "" ""
  # The last word turns the recognition of dates, percentages and truth values on, as many people have it.
  save "$file" "$name-english" 44,34,76,1,,1033,false,true "$comma"
  save "$file" "$name-german" 44,34,76,1,,1031,false,true "$semicolon"
  save "$file" "$name-french" 44,34,76,1,,1036,false,true "$semicolon"
done
# Opened as Windows-1252, which LibreOffice takes by itself, and saved as UTF-8. In another ledger, since it pays the same people.
rm -rf payrun.db* reports state
pay plain
save reports/plain/plain-failed.csv plain-failed-mixed "" "$comma"
