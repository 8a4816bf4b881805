import { createRequire } from 'node:module';
import { ISO20022 } from 'iso20022.js';

const require = createRequire(import.meta.url);

/** What three independent programs write of the same payments. */
export interface GeneratorInput {
  readonly messageId?: string;
  readonly payments: readonly GeneratedPayment[];
}

export interface GeneratedPayment {
  readonly id: string;
  readonly name: string;
  readonly amount: number;
  readonly iban: string;
  readonly bic: string;
  readonly narrative: string;
}

const OWN_IBAN = 'DE89370400440532013000';
const DAY = new Date('2026-11-25T12:00:00Z');

interface SepaDocument {
  grpHdr: Record<string, unknown>;
  createPaymentInfo(): Record<string, unknown> & SepaPaymentInfo;
  addPaymentInfo(info: SepaPaymentInfo): void;
  toString(): string;
}

interface SepaPaymentInfo {
  createTransaction(): Record<string, unknown>;
  addTransaction(transaction: Record<string, unknown>): void;
}

/** By sepa 3.0.0. */
export function bySepa(format: string, { messageId = 'SEPA-1', payments }: GeneratorInput, currency = 'EUR'): string {
  const { Document } = require('sepa') as { Document: new (format: string) => SepaDocument };
  const document = new Document(format);
  Object.assign(document.grpHdr, { id: messageId, created: DAY, initiatorName: 'Acme' });
  const info = document.createPaymentInfo();
  const debtor = { debtorName: 'Acme', debtorIBAN: OWN_IBAN, debtorBIC: 'COBADEFFXXX', debtorId: 'DE98ZZZ09999999999' };
  Object.assign(info, { ...debtor, requestedExecutionDate: DAY, collectionDate: DAY });
  document.addPaymentInfo(info);
  for (const { id, name, amount, iban, bic, narrative } of payments) {
    const transaction = info.createTransaction();
    const creditor = { creditorName: name, creditorIBAN: iban, creditorBIC: bic };
    Object.assign(transaction, { ...creditor, end2endId: id, amount, currency, remittanceInfo: narrative });
    info.addTransaction(transaction);
  }
  return document.toString();
}

interface SepaXml {
  setHeaderInfo(info: object): void;
  setPaymentInfo(info: object): void;
  addTransaction(transaction: object): void;
  compile(done: (error: unknown, text: string) => void): void;
}

/** By sepa-xml 0.6.0, which writes EUR only. */
export async function bySepaXml({ messageId = 'SEPAXML-1', payments }: GeneratorInput): Promise<string> {
  const Generator = require('sepa-xml') as new (format: string) => SepaXml;
  const document = new Generator('pain.001.001.03');
  document.setHeaderInfo({ messageId, initiator: 'Acme' });
  document.setPaymentInfo({ id: 'P1', method: 'TRF', senderName: 'Acme', senderIBAN: OWN_IBAN, when: DAY });
  for (const { id, name, amount, iban, bic, narrative } of payments)
    document.addTransaction({ id, name, amount, iban, bic, description: narrative });
  return new Promise((resolve, reject) => {
    document.compile((error, text) => {
      if (error === null) resolve(text);
      else reject(error instanceof Error ? error : new Error(JSON.stringify(error)));
    });
  });
}

/** By iso20022.js 0.0.15, whose amounts are hundredths and whose message ids are its own. */
export function byIso20022(
  { payments }: GeneratorInput,
  { currency = 'EUR', account }: { readonly currency?: string; readonly account?: object } = {},
): string {
  const address = { country: 'KE' as const };
  const initiator = {
    name: 'Acme',
    id: 'ACME',
    account: { iban: OWN_IBAN },
    agent: { bic: 'COBADEFFXXX', bankAddress: address },
  };
  const message = new ISO20022({ initiatingParty: initiator }).createSWIFTCreditPaymentInitiation(
    payments.map(({ id, name, amount, iban, bic, narrative }) => ({
      ...{ type: 'swift', direction: 'credit', id, amount: Math.round(amount * 100), currency: currency as 'EUR' },
      creditor: {
        name,
        account: (account ?? { iban }) as { iban: string },
        agent: { bic, bankAddress: address },
        address,
      },
      remittanceInformation: narrative,
    })),
  );
  return message.toString();
}
