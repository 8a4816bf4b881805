#!/usr/bin/env bash
# mt940js 1.3.5: an entry of the first days of January gets the January before.
#
# In MT940's field 61 the value date has a year and the entry date has none: 2512310102 is value 31 December 2025, entered on
# 2 January. Expected: entry date 2026-01-02, the day after next. Seen: 2025-01-02, a year before the value date, because the
# year of the value date is taken for both. Whoever asks a statement for the entries of January misses what was entered then.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mt940js@1.3.5
cat >statement.txt <<'MT940'
:20:STMT260102
:25:KCBLKENX/1100990088
:28C:00001/001
:60F:C251231KES150000,00
:61:2512310102D45000,50NTRFSALARYDEC0001//BANKREF0001
:86:SALARY DECEMBER EMP-001
:62F:C260102KES104999,50
MT940
cat >read.cjs <<'JS'
const { readFileSync } = require('node:fs');
const { Parser } = require('mt940js');
const [statement] = new Parser().parse(readFileSync('statement.txt', 'utf8').replaceAll('\n', '\r\n') + '-\r\n');
for (const { date, entryDate } of statement.transactions) {
  console.log(`value ${date.toISOString().slice(0, 10)}, entry ${entryDate.toISOString().slice(0, 10)}`);
}
JS
seen=$(node read.cjs)
expected='value 2025-12-31, entry 2025-01-02'
echo "mt940js 1.3.5 reads 2512310102 as: $seen (expected: value 2025-12-31, entry 2026-01-02)"
[ "$seen" = "$expected" ] || { echo "The output has changed; this note needs another look."; exit 1; }
