/** Why a workbook cannot be read. */
export type WorkbookFaultCode =
  'workbook-not-one' | 'workbook-other-kind' | 'workbook-encrypted' | 'workbook-too-large' | 'workbook-damaged';

/** A workbook that cannot be read, with a message for a person: what it is and what to do. */
export class WorkbookFault extends Error {
  override readonly name = 'WorkbookFault';
  readonly code: WorkbookFaultCode;

  constructor(code: WorkbookFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @param what what is wrong and where, as a sentence without its full stop. */
export function damaged(what: string, cause?: unknown): WorkbookFault {
  return new WorkbookFault(
    'workbook-damaged',
    `This workbook is damaged or is not written as .xlsx has to be: ${what}. Open it in the spreadsheet program, save it as .xlsx again, and look through its figures before you run it.`,
    cause === undefined ? {} : { cause },
  );
}
