/** What `payrun init` writes. Texts only, so that they can be read here as the user will read them. */

export const CONFIG_TEXT = `# yaml-language-server: $schema=./schemas/config.schema.json
#
# Configuration of payrun. Paths are relative to this file. Editors that know YAML schemas explain every key.

organisation: my-organisation    # part of every payment's reference; never change it once something was paid
ledger: sqlite:payrun.db         # the record of what was sent: keep it and back it up
batches: batches                 # drop batch files here, then: payrun run batches/
reports: reports                 # what became of every row; private, it holds whole phone and account numbers
timezone: Africa/Nairobi         # for times without an offset, and in reports
duplicate_window: 20d            # a file whose people were paid the same amounts within this time is refused as a copy

# after_paid: move               # puts batch files that are paid into batches/done/

accounts:
  demo:                          # pays nobody: the built-in simulator answers. Leave this account as it is, also later
    provider: sellapay
    endpoint: simulator
    # magic: true                # numbers that make a payment fail or stay unknown on purpose: docs/simulators.md
    currency: KES

  # GOING LIVE moves real money. Three lines change, and nothing of demo:
  # [1] here: take the # off each line of this account. Its secrets stand in environment variables, never in this file.
  # [2] below, under defaults: account: salaries
  # [3] each file that was rehearsed gets a name that was never used: november.csv -> november-live.csv (a YAML file: batch:).
  # payrun remembers which payments only the simulator paid. It never counts them as paid, refuses to go on with such a batch
  # live (exit 3), and says the next step. Then: payrun accounts; payrun plan FILE; payrun run FILE
  # To rehearse another file later: payrun run FILE.csv --account demo --batch rehearsal-1
  #
  #salaries:
  #  provider: sellapay
  #  environment: live
  #  currency: KES
  #  credentials:
  #    api_key: \${SELLAPAY_API_KEY}
  #    api_secret: \${SELLAPAY_API_SECRET}     # or { file: /run/secrets/sellapay-secret }
  #  limits:
  #    rate: [90/min, 5/s]      # never more than this in any minute, nor in any second
  #    concurrency: 4           # payments in flight at once
  #    max_amount: "250000"     # no single payment may be larger

# Metrics of payrun serve, for whoever has the token; on an address of its own, never on that of the callbacks.
# status: { listen: 127.0.0.1:8788, token: "\${PAYRUN_STATUS_TOKEN}" }

# What a bare CSV, workbook or pain.001 cannot say by itself; the first entry that matches the file's name wins.
defaults:
  - match: "*"                   # every .csv, .xlsx and .xml; "wages-*.xlsx" for some of them, above this entry
    account: demo                # [2] live: salaries
    # series: salaries             # a recurring payroll: salaries-2026-11.csv is no copy of salaries-2026-10.csv
    # Where the headers are not payrun's own words; payrun validate FILE prints the line for a file:
    # columns: { id: Employee No, name: Full Name, amount: Net Pay, mobile: Phone }
    # values: { bank_code: { Equity Bank: "015", KCB: "001" } }   # names of banks; payrun banks lists the codes
    # encoding: windows-1252       # where a spreadsheet does not save UTF-8
    # number_format: "1,250.50"    # where amounts are written with separators
`;

export const SAMPLE_BATCH_TEXT = `# yaml-language-server: $schema=../schemas/batch.schema.json
#
# A batch: who is to be paid what. Check it with:  payrun validate batches/payroll-sample.yaml
# and pay it with:                                 payrun run batches/

# It stays a rehearsal: what the simulator paid is not paid, and is never paid live under this batch id.

batch: payroll-sample            # unique for ever: the same id again goes on with this batch and pays nobody twice
description: Sample payroll, paid by the simulator
account: demo
currency: KES
control: { count: 3, sum: "105000.50" }    # declared totals; payrun refuses the batch where they do not agree
narrative: Sample salary
payments:
  - { id: EMP-001, name: Jane Wanjiku, amount: 45000.50, mobile: "+254712345678" }
  - { id: EMP-002, name: Peter Otieno, amount: 35000, mobile: "+254722000111" }
  - { id: EMP-003, name: Acme Ltd, amount: 25000, wallet: acctSIM0002 }
  # To a bank account. Sellapay takes bank transfers and never says how they ended, so they stay pending until a person
  # has looked at the statement. To try one, take off the # and set control to { count: 4, sum: "125000.50" }.
  # - { id: EMP-004, name: John Doe, amount: 20000, bank: { code: "015", account: "0123456789" } }
`;

export const GITIGNORE_TEXT = `payrun.db*
reports/*
.env
`;
