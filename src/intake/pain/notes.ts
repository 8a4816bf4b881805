import type { ProblemList } from '../problem-list.ts';

/** So many lines are named by a warning. */
const LINES_NAMED = 5;

/** What a message asks for and payrun does not do, or what looks wrong in it, by code: said once for all payments of the file. */
const PAIN_NOTES = {
  'pain-ultimate-creditor':
    'an ultimate creditor (UltmtCdtr), for whom the creditor takes the money: payrun pays the creditor (CdtrAcct) and names nobody else to him',
  'pain-ultimate-debtor':
    'an ultimate debtor (UltmtDbtr), on whose behalf is paid: payrun pays in the name of its account',
  'pain-intermediary': 'an intermediary bank (IntrmyAgt): the provider chooses its own way',
  'pain-charges-creditor':
    'charges that the recipient bears (ChrgBr CRED): payrun pays the amount whole, and the provider takes its fee from the account',
  'pain-charges-account':
    'an account for the charges (ChrgsAcct): the provider takes its fee from the account that pays',
  'pain-instruction': 'an instruction to a bank (InstrForCdtrAgt or InstrForDbtrAgt), which payrun does not pass on',
  'pain-advice': 'the payment method TRA, a transfer with an advice: payrun pays and sends no advice',
  'pain-account-currency':
    'a creditor account in another currency than the amount (CdtrAcct/Ccy): the bank of the recipient may convert it',
  'pain-agent-unused':
    'a bank (CdtrAgt) beside a mobile, wallet, paybill or till: payrun pays the mobile, wallet, paybill or till, and not an account at that bank',
  'pain-supplement': 'supplementary data (SplmtryData), which payrun does not read',
  'pain-id-longer':
    'an EndToEndId of more than 35 characters, which pain.001 does not allow: a bank would cut or refuse it, and payrun takes it whole',
  'pain-id-cut':
    'an EndToEndId of exactly 35 characters, where programs cut longer ones: check that none has lost its end',
  'pain-account-digits':
    'an account of more than 15 digits with zeros behind the fifteenth, where programs that hold it as a number write zeros whatever stood there: compare it with the original',
} as const;

export type NoteCode = keyof typeof PAIN_NOTES;

/** Collects such notes, each with the first lines that it is about. */
export class PainNotes {
  private readonly found = new Map<NoteCode, { count: number; readonly lines: Set<number> }>();

  /** @param count of payments; 0 for what the message has as a whole. */
  add(code: NoteCode, line: number, count = 1): void {
    const note = this.found.get(code) ?? { count: 0, lines: new Set() };
    note.count += count;
    if (note.lines.size < LINES_NAMED) note.lines.add(line);
    this.found.set(code, note);
  }

  report(file: string, problems: ProblemList): void {
    for (const [code, { count, lines }] of this.found) {
      const [line = 0] = lines;
      const named = [...lines].join(', ');
      const where = `${lines.size === 1 ? 'line' : 'lines'} ${named}${count > lines.size ? ', …' : ''}`;
      const payments = count === 0 ? 'The message has' : count === 1 ? '1 payment has' : `${count} payments have`;
      problems.warning({ file, line, column: '', field: '' }, code, `${payments} ${PAIN_NOTES[code]} (${where}).`);
    }
  }
}
