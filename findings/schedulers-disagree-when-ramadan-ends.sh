#!/usr/bin/env bash
# croner 11.0.1, cron-parser 5.10.6 and cron 4.4.0 run one daily job at two different moments on the day Morocco's clock jumps.
#
# Morocco keeps UTC+1 all year but for Ramadan. On 22 March 2026 its clock goes from 02:00 to 03:00, so a job of
# "30 2 * * *" in Africa/Casablanca has no 02:30 on that day. One would expect schedulers to agree on the moment that stands in for it.
# Seen: croner runs it at 03:00 local time (02:00 UTC), cron-parser and cron at 03:30 (02:30 UTC).
# A payout window that opens or closes between the two is met by one and missed by the other. The time zone data is Node's own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund croner@11.0.1 cron-parser@5.10.6 cron@4.4.0
cat >next.mjs <<'JS'
import { Cron } from 'croner';
import { CronTime } from 'cron';
import { CronExpressionParser } from 'cron-parser';
const from = new Date('2026-03-21T12:00:00Z');
const tz = 'Africa/Casablanca';
const parser = CronExpressionParser.parse('0 30 2 * * *', { tz, currentDate: from });
console.log('croner', new Cron('0 30 2 * * *', { timezone: tz, paused: true }).nextRun(from).toISOString());
console.log('cron-parser', parser.next().toDate().toISOString());
console.log('cron', new CronTime('0 30 2 * * *', tz).getNextDateFrom(from, tz).toJSDate().toISOString());
JS
seen=$(node next.mjs)
expected='croner 2026-03-22T02:00:00.000Z
cron-parser 2026-03-22T02:30:00.000Z
cron 2026-03-22T02:30:00.000Z'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "The output has changed; this note needs another look."; exit 1; }
