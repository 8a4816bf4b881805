import { REFERENCE } from './payments.ts';

export interface ResultOptions {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly description?: string;
  readonly conversation?: string | null;
  readonly parameters?: unknown;
  readonly more?: object;
}

/** A callback body in the envelope of the sheet. */
export function resultBody(options: ResultOptions = {}): object {
  const { code = 0, type = 0, description = 'said by Daraja', conversation = REFERENCE, parameters, more } = options;
  return {
    Result: {
      ResultType: type,
      ResultCode: code,
      ResultDesc: description,
      ...(conversation === null ? {} : { OriginatorConversationID: conversation }),
      ConversationID: 'AG_20250612_2010455ad0b1c7e94f21',
      TransactionID: 'TFC7K2M9QX',
      ...(parameters === undefined ? {} : { ResultParameters: { ResultParameter: parameters } }),
      ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL', Value: 'https://internal.example/submit' } },
      ...more,
    },
  };
}

export const entries = (values: Readonly<Record<string, unknown>>): readonly object[] =>
  Object.entries(values).map(([Key, Value]) => ({ Key, Value }));

/** The success of the sheet's sample. */
export const paidBody = (more: Readonly<Record<string, unknown>> = {}, options: ResultOptions = {}): object =>
  resultBody({
    parameters: entries({
      TransactionAmount: 1500,
      TransactionReceipt: 'TFC7K2M9QX',
      ReceiverPartyPublicName: '254711222333 - AMINA WEKESA',
      TransactionCompletedDateTime: '12.06.2025 09:41:07',
      B2CUtilityAccountAvailableFunds: 884210.5,
      B2CRecipientIsRegisteredCustomer: 'Y',
      B2CChargesPaidAccountAvailableFunds: -310,
      ...more,
    }),
    ...options,
  });

/** What a status query of a payment is answered with; the outer ids are the question's own. */
export const statusBody = (values: Readonly<Record<string, unknown>> = {}, options: ResultOptions = {}): object =>
  resultBody({
    conversation: '9999-11111111-1',
    parameters: [
      { Key: 'DebitPartyName', Value: '600981 - Acme' },
      { Key: 'TransactionReason' },
      ...entries({
        OriginatorConversationID: REFERENCE,
        TransactionStatus: 'Completed',
        Amount: '1500.00',
        ReceiptNo: 'TFC7K2M9QX',
        ...values,
      }),
    ],
    ...options,
  });
