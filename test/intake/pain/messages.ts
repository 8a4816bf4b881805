import type { CsvDefaults } from '../../../src/domain/csv-defaults.ts';
import { checkBatch, type CheckedBatch, type IntakeContext } from '../../../src/intake/batch.ts';
import { contextWith, drop } from '../drop-folder.ts';

export type Version = '03' | '09';

/** A payment of a message; what is left out is right. XML is written as it is given. */
export interface Transfer {
  readonly id?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly name?: string;
  /** The whole `CdtrAcct`; default a mobile. */
  readonly account?: string;
  /** The whole `CdtrAgt`. */
  readonly agent?: string;
  /** The whole `Amt`, in place of amount and currency. */
  readonly amt?: string;
  readonly before?: string;
  readonly after?: string;
}

export interface Message {
  readonly version?: Version;
  readonly id?: string;
  readonly header?: string;
  readonly blocks?: readonly Block[];
  readonly transfers?: readonly Transfer[];
}

export interface Block {
  readonly head?: string;
  readonly method?: string;
  readonly date?: string;
  readonly debtor?: string;
  readonly transfers: readonly Transfer[];
}

export const MOBILE = mobile('+254712000111');

export function mobile(phone: string): string {
  return `<CdtrAcct><Id><Othr><Id>${phone}</Id><SchmeNm><Prtry>MSISDN</Prtry></SchmeNm></Othr></Id></CdtrAcct>`;
}

export function bankAccount(number: string): string {
  return `<CdtrAcct><Id><Othr><Id>${number}</Id></Othr></Id></CdtrAcct>`;
}

export function member(code: string): string {
  return `<CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>${code}</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>`;
}

/** A message, one element of interest to a line. */
export function messageOf(message: Message): string {
  const { version = '09', id = 'MSG-1', header = '' } = message;
  const blocks = message.blocks ?? [{ transfers: message.transfers ?? [{}] }];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.${version}">`,
    '<CstmrCdtTrfInitn>',
    `<GrpHdr><MsgId>${id}</MsgId>${header}</GrpHdr>`,
    ...blocks.flatMap((block) => blockLines(block, version)),
    '</CstmrCdtTrfInitn>',
    '</Document>',
    '',
  ].join('\n');
}

function blockLines({ head = '', method = 'TRF', date, debtor = '', transfers }: Block, version: Version): string[] {
  const day = date ?? (version === '03' ? '2026-11-25' : '<Dt>2026-11-25</Dt>');
  return [
    `<PmtInf><PmtInfId>P-1</PmtInfId><PmtMtd>${method}</PmtMtd>${head}<ReqdExctnDt>${day}</ReqdExctnDt>${debtor}`,
    ...transfers.map(transferLine),
    '</PmtInf>',
  ];
}

/** The payments of a message of one block begin on line 6. */
export const FIRST_LINE = 6;

function transferLine(transfer: Transfer, nth: number): string {
  const { id = `E${nth + 1}`, amount = '10', currency = 'KES', name = 'Jane', account = MOBILE } = transfer;
  const amt = transfer.amt ?? `<Amt><InstdAmt Ccy="${currency}">${amount}</InstdAmt></Amt>`;
  return (
    `<CdtTrfTxInf><PmtId><EndToEndId>${id}</EndToEndId></PmtId>${amt}${transfer.before ?? ''}${transfer.agent ?? ''}` +
    `<Cdtr><Nm>${name}</Nm></Cdtr>${account}${transfer.after ?? ''}</CdtTrfTxInf>`
  );
}

export function checkXml(
  content: string | Uint8Array,
  defaults: Partial<CsvDefaults> = {},
  more: Partial<IntakeContext> = {},
): Promise<CheckedBatch> {
  return checkBatch(drop('payroll.xml', content), contextWith({ match: '*', ...defaults }, more));
}

/** Codes of the problems of a message, but for its own lack of totals and for one mobile on several payments. */
export async function codesOfMessage(message: Message | string): Promise<readonly string[]> {
  const { problems } = await checkXml(typeof message === 'string' ? message : messageOf(message));
  return problems.map(({ code }) => code).filter((code) => !['control-missing', 'destination-repeated'].includes(code));
}
