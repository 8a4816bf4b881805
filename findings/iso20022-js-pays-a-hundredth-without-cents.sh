#!/usr/bin/env bash
# iso20022.js 0.0.15: in a currency without cents a hundredth of the amount is written.
#
# An amount is a whole number of the currency's smallest unit: a fraction is refused ("You must provide an integer"), number and
# currency go to Dinero, whose amounts are smallest units, and 150000 in KES or USD is written as 1500. The shilling of Uganda and the franc of West Africa have no smaller unit
# (ISO 4217: 0 decimals). Expected: 150000 for UGX 150000 and XOF 150000, and 1500 for 150000 cents of KES. Seen: 1500 for all
# three; a payroll in Kampala is paid a hundredth of its wages. The message has no CtrlSum by which a reader could notice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund iso20022.js@0.0.15
cat >write.mjs <<'JS'
import { ISO20022 } from 'iso20022.js';
const address = { country: 'UG' };
const iban = 'DE89370400440532013000';
const payer = { name: 'Acme', id: 'ACME', account: { iban }, agent: { bic: 'SBICUGKX' }, address };
for (const currency of ['KES', 'UGX', 'XOF']) {
  const message = new ISO20022({ initiatingParty: payer }).createSWIFTCreditPaymentInitiation([
    {
      type: 'swift', direction: 'credit', id: 'EMP-001', amount: 150000, currency,
      creditor: { name: 'Jane', account: { iban }, agent: { bic: 'SBICUGKX' }, address },
    },
  ]);
  const text = message.toString();
  console.log('150000 units', text.match(/<InstdAmt.*<\/InstdAmt>/)[0], 'CtrlSum', text.includes('CtrlSum'));
}
JS
seen=$(node write.mjs)
expected='150000 units <InstdAmt Ccy="KES">1500</InstdAmt> CtrlSum false
150000 units <InstdAmt Ccy="UGX">1500</InstdAmt> CtrlSum false
150000 units <InstdAmt Ccy="XOF">1500</InstdAmt> CtrlSum false'
echo "iso20022.js 0.0.15 writes:"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "The output has changed; this note needs another look."; exit 1; }
