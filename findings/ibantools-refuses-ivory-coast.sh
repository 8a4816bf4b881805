#!/usr/bin/env bash
# ibantools 4.5.4: the IBANs of Ivory Coast's banks are called invalid although length and check digits are right.
#
# An account there begins with the country's letters and three digits of the bank (CI008 is Société Générale), so that its IBAN
# reads CI, two check digits, CI008 and so on. Expected: valid, as of Senegal's IBANs, which are built alike. Seen: the pattern
# of CI allows one letter only before the digits, and isValidIBAN says false, so that a payroll for Abidjan is refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ibantools@4.5.4
cat >check.mjs <<'JS'
import { isValidIBAN } from 'ibantools';
// Of the five countries of the West African union: Senegal, Benin, and three banks of Ivory Coast.
const accounts = [
  ['SN', 'SN0100152000048500003035'],
  ['BJ', 'BJ0610100100144390000769'],
  ['CI', 'CI0080111301134291200589'],
  ['CI', 'CI0590100112122902840094'],
  ['CI', 'CI0320100100123456789012'],
];
const number = (text) => [...text].map((c) => parseInt(c, 36)).join('');
for (const [country, account] of accounts) {
  // The check digits by ISO 13616: 98 less the remainder of the number that ends in 00.
  const digits = String(98n - (BigInt(number(`${account}${country}00`)) % 97n)).padStart(2, '0');
  const iban = `${country}${digits}${account}`;
  console.log(`${iban} ${iban.length} characters, ibantools ${isValidIBAN(iban)}`);
}
JS
seen=$(node check.mjs)
expected='SN08SN0100152000048500003035 28 characters, ibantools true
BJ66BJ0610100100144390000769 28 characters, ibantools true
CI93CI0080111301134291200589 28 characters, ibantools false'
echo "$seen"
[ "$(head -3 <<<"$seen")" = "$expected" ] && [ "$(tail -2 <<<"$seen" | grep -c 'ibantools false')" = 2 ] ||
  { echo "The output has changed; this note needs another look."; exit 1; }
