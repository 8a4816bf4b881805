#!/usr/bin/env bash
# iban 0.0.14: IBANs of eight African countries are called invalid although their check digits are right.
#
# Five of the countries (Burundi, Djibouti, Libya, Somalia, Sudan) stand in the IBAN registry with these very examples; banks
# of Burkina Faso, Gabon and Senegal use the same form. Expected: valid, as ibantools 4.5.4 says of each of them. Seen: iban
# knows no rule for these countries and says "invalid", so that a payroll for them is refused for a fault that is not there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund iban@0.0.14 ibantools@4.5.4
cat >check.mjs <<'JS'
import iban from 'iban';
import { isValidIBAN } from 'ibantools';
const examples = [
  'BI4210000100010000332045181',
  'DJ2100010000000154000100186',
  'LY83002048000020100120361',
  'SO211000001001000100141',
  'SD8811123456789012',
  'BF42BF0840101300463574000390',
  'GA2140021010032001890020126',
  'SN08SN0100152000048500003035',
];
// The check digits, by the rule itself: letters to numbers, the first four characters to the end, 1 modulo 97.
const remainder = (text) =>
  [...(text.slice(4) + text.slice(0, 4))].reduce((sum, c) => {
    return [...String(parseInt(c, 36))].reduce((n, digit) => (n * 10 + Number(digit)) % 97, sum);
  }, 0);
for (const text of examples) {
  console.log(`${text.slice(0, 2)} digits ${remainder(text) === 1 ? 'right' : 'wrong'} iban ${iban.isValid(text)} ibantools ${isValidIBAN(text)}`);
}
JS
seen=$(node check.mjs)
expected=$(for country in BI DJ LY SO SD BF GA SN; do echo "$country digits right iban false ibantools true"; done)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "The output has changed; this note needs another look."; exit 1; }
