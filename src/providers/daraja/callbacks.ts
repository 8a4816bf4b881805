import { createHash } from 'node:crypto';
import type { Evidence } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { StatusReport } from '../../domain/status-report.ts';
import { parseObject } from '../kit/json.ts';
import { evidence } from '../kit/outcomes.ts';
import { Redactor } from '../kit/redaction.ts';
import type {
  CallbackReader,
  ParsedCallback,
  CallbackReply,
  CallbackRequest,
  CallbackSetup,
  CallbackPayment,
  KnownPayment,
  ReportedResult,
} from '../port.ts';
import { CallbackAddresses } from './callback-address.ts';
import type { DarajaClient } from './client.ts';
import { statusReport } from './query.ts';
import { initiatorFault, resultMeaning } from './result-codes.ts';
import { readDarajaSettings, type DarajaSettings } from './settings.ts';
import { isAmount, isB2b, resultMessage, type ResultMessage } from './wire.ts';

/** Reads what Daraja posts. Nothing is signed: the code at the end of the address proves that the sender was given the address. */
export function darajaCallbacks(setup: CallbackSetup): CallbackReader {
  return new DarajaCallbacks(setup);
}

class DarajaCallbacks implements CallbackReader {
  private readonly account: string;
  private readonly settings: DarajaSettings;
  private readonly addresses: CallbackAddresses;
  private readonly redactor: Redactor;
  private readonly reply: CallbackReply;
  private readonly hasKnownSources: boolean;

  constructor({ account, credentials, options, hasKnownSources }: CallbackSetup) {
    this.account = account;
    this.hasKnownSources = hasKnownSources;
    this.settings = readDarajaSettings(options);
    this.addresses = new CallbackAddresses(credentials['consumer_secret'] ?? '');
    this.redactor = new Redactor(Object.values(credentials));
    const { callbackReply } = this.settings;
    // Which answer Daraja expects is undocumented; an older interface had eight zeros [assumed].
    this.reply = { ResultCode: callbackReply === '0' ? 0 : callbackReply, ResultDesc: 'Accepted' };
  }

  async read(
    request: CallbackRequest,
    payment: (reference: string) => Promise<CallbackPayment | null>,
  ): Promise<ParsedCallback> {
    const end = this.addresses.read(request.segment);
    if (end === null) {
      return { kind: 'refused', status: 403, reason: 'The end of this address was not given to anybody.' };
    }
    const text = Buffer.from(request.body).toString('utf8');
    const message = resultMessage(parseObject(text));
    const deduplicationKey = `${request.segment}:${createHash('sha256').update(request.body).digest('hex')}`;
    switch (end.kind) {
      case 'r':
        return this.result(message, end.reference, await payment(end.reference), deduplicationKey);
      case 't': {
        // Whether the payment can still be carried out is not known, whatever shape the notice has.
        const notice = evidence('queue-timeout', 'Daraja reports that the payment waited too long in its queue.');
        return this.unverified(deduplicationKey, end.reference, notice);
      }
      case 'q': {
        const known = await payment(end.reference);
        if (known === null)
          return this.unrelated(deduplicationKey, 'the answer to a question about no payment of ours');
        const stop = this.initiatorStop(message);
        if (stop !== null) return this.unrelated(deduplicationKey, 'the refusal of a status query', stop);
        const report = statusReport(message, known, this.redactor);
        return { kind: 'report', deduplicationKey, reference: end.reference, report, reply: this.reply };
      }
      case 'u':
        return this.unrelated(deduplicationKey, 'a status query timed out in the queue');
      case 'b':
        return this.unrelated(
          deduplicationKey,
          'the answer to a question for the balance',
          this.initiatorStop(message),
        );
      case 'v':
        return this.unrelated(deduplicationKey, 'a question for the balance timed out in the queue');
    }
  }

  private result(
    message: ResultMessage | null,
    reference: string,
    payment: CallbackPayment | null,
    deduplicationKey: string,
  ): ParsedCallback {
    if (message?.isInterim === true) return this.unrelated(deduplicationKey, 'more messages follow this one');
    if (message === null || payment === null) {
      return this.unverified(
        deduplicationKey,
        reference,
        evidence('unreadable', 'Daraja reported something that cannot be read.'),
      );
    }
    const { confirmByQuery } = this.settings;
    const result = darajaPayoutResult(message, payment, { confirmByQuery, redactor: this.redactor });
    switch (result.kind) {
      case 'report':
        return result.report.kind === 'failed'
          ? this.failure(deduplicationKey, reference, result.report)
          : { ...result, deduplicationKey, reference, reply: this.reply };
      case 'unverified':
        return this.unverified(deduplicationKey, reference, result.evidence);
    }
  }

  /**
   * Nothing is signed: whoever knows the address may have sent the failure, and a retry would pay again. A query has to confirm it,
   * unless the payer has said that callbacks count or takes them from Safaricom's addresses only; then the failure is recorded and
   * a retry queries it first. Stopping the account needs no confirmation.
   */
  private failure(
    deduplicationKey: string,
    reference: string,
    report: Extract<StatusReport, { readonly kind: 'failed' }>,
  ): ParsedCallback {
    const about = { deduplicationKey, reference, reply: this.reply };
    if (this.hasKnownSources || !this.settings.confirmByQuery)
      return { kind: 'report', ...about, report: { ...report, isUnverified: true } };
    const { code, reason, requestId } = report.evidence;
    const unconfirmed = `${reason.replace(' No money moved.', '')} A query has to confirm it.`;
    const stop = report.stopsAccount === true ? { accountStop: report.evidence } : {};
    return {
      kind: 'unverified',
      ...about,
      evidence: evidence(code, unconfirmed, { requestId }),
      reportsFailure: true,
      ...stop,
    };
  }

  private unverified(deduplicationKey: string, reference: string, evidence: Evidence): ParsedCallback {
    return { kind: 'unverified', deduplicationKey, reference, evidence, reply: this.reply };
  }

  private unrelated(deduplicationKey: string, reason: string, stop: Evidence | null = null): ParsedCallback {
    const accountStop = stop === null ? {} : { accountStop: stop };
    return { kind: 'unrelated', deduplicationKey, reason, ...accountStop, reply: this.reply };
  }

  private initiatorStop(message: ResultMessage | null): Evidence | null {
    return initiatorFault(message, this.account, this.redactor);
  }
}

/** The payment's own result, where it has come and can be read; a message before the last one decides nothing. */
export async function reportedResult(
  client: DarajaClient,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<ReportedResult | null> {
  const body = await client.storedCallback({ kind: 'r', reference: payment.reference }, 0);
  const message = resultMessage(parseObject(body ?? ''));
  if (message === null || message.isInterim) return null;
  const { confirmByQuery } = client.settings;
  const result = darajaPayoutResult(message, { ...payment, ...known }, { confirmByQuery, redactor: client.redactor });
  switch (result.kind) {
    case 'report':
      return result.report.kind === 'paid' ? REPORTED_PAID : { kind: 'failed', report: result.report };
    case 'unverified':
      return result.evidence.code === '0' ? REPORTED_PAID : null;
  }
}

const REPORTED_PAID: ReportedResult = {
  kind: 'paid',
  contradiction: evidence(
    'contradiction',
    'Daraja reported that the payment was made, and says now that it was not. Ask Safaricom before paying again.',
  ),
};

/** What the result of a payout proves: a report as it is, or only a reason for a query. */
type DarajaPayoutResult =
  | { readonly kind: 'report'; readonly report: Extract<StatusReport, { readonly kind: 'paid' | 'failed' }> }
  | { readonly kind: 'unverified'; readonly evidence: Evidence };

interface DarajaResultContext {
  /** Nothing is signed: a success counts only after a query has confirmed it. */
  readonly confirmByQuery: boolean;
  readonly redactor: Redactor;
}

/** Reads the result that came to a payout's own address: docs/providers/daraja.md, section 9.2. */
function darajaPayoutResult(
  message: ResultMessage,
  payment: CallbackPayment,
  context: DarajaResultContext,
): DarajaPayoutResult {
  const { redactor } = context;
  const ids = requestIds(message, payment, redactor);
  const code = message.code !== null && /^[\x21-\x7e]{1,40}$/.test(message.code) ? message.code : 'unreadable';
  const unverified = (reason: string): DarajaPayoutResult => ({
    kind: 'unverified',
    evidence: evidence(code, `${reason}. It is asked about.`, ids),
  });
  const differs = darajaContradiction(message, payment);
  if (differs !== null) {
    // The ids in this result are another payment's: if they were recorded, a query would ask about that one.
    const reason = `A result of Daraja's names another ${differs} than this payment. It is asked about.`;
    return { kind: 'unverified', evidence: evidence('contradiction', reason) };
  }
  const meaning = resultMeaning(code, isB2b(payment));
  const words = redactor.clause(message.description, payment);
  const failed = (reason: string): DarajaPayoutResult => ({
    kind: 'report',
    report: { kind: 'failed', evidence: evidence(code, `${reason} No money moved.`, ids) },
  });
  switch (meaning.kind) {
    case 'success': {
      const receipt = redactor.id(message.parameters.get('TransactionReceipt') ?? message.transactionId);
      // Daraja names no other id of its own for the payment.
      const paidIds = { ...ids, providerReference: receipt, receipt };
      const paid = evidence(code, 'Daraja reports that the payment was made.', paidIds);
      return context.confirmByQuery || receipt === undefined || !isOurs(message, payment)
        ? { kind: 'unverified', evidence: paid }
        : { kind: 'report', report: { kind: 'paid', evidence: paid } };
    }

    case 'payment':
      return isOurs(message, payment)
        ? failed(`Daraja says that ${meaning.words}${words}.`)
        : unverified(`Daraja says that ${meaning.words}${words}`);

    case 'busy':
      // M-PESA has registered this id, so only a retry under a new reference can be paid.
      return isOurs(message, payment)
        ? failed(`Daraja says that ${meaning.words}${words}; retry it later.`)
        : unverified(`Daraja says that ${meaning.words}${words}`);

    case 'account': {
      if (!isOurs(message, payment)) return unverified(`Daraja says that ${meaning.words}${words}`);
      const stop = evidence(code, `Daraja says that ${meaning.words}${words}. No money moved.`, ids);
      return { kind: 'report', report: { kind: 'failed', evidence: stop, stopsAccount: true } };
    }

    case 'duplicate':
    case 'unclear':
      return unverified(`Daraja says that ${meaning.words}${words}`);
  }
}

/**
 * Whether the result names the id of the payment: ours for people, Daraja's own for businesses. Where the acknowledgement with
 * Daraja's id was lost, the payment's own address identifies the payment.
 */
function isOurs({ originatorConversationId }: ResultMessage, payment: CallbackPayment): boolean {
  if (!isB2b(payment)) return originatorConversationId === payment.reference;
  return payment.requestId === '' || originatorConversationId === payment.requestId;
}

/** The name of the first thing in which a result contradicts the payment. A missing field contradicts nothing. */
function darajaContradiction(message: ResultMessage, payment: CallbackPayment): string | null {
  const { originatorConversationId, parameters } = message;
  if (originatorConversationId !== null && !isOurs(message, payment)) return 'conversation id';
  const amount = parameters.get('TransactionAmount') ?? parameters.get('Amount');
  if (amount !== undefined && !isAmount(amount, payment.amountMinor)) return 'amount';
  const party = /^\s*(\d{5,12})(?!\d)/.exec(parameters.get('ReceiverPartyPublicName') ?? '')?.[1];
  return party !== undefined && !isParty(party, payment) ? 'recipient' : null;
}

function isParty(digits: string, { destination }: CallbackPayment): boolean {
  switch (destination.kind) {
    case 'mobile':
      return digits.slice(-9) === destination.phone.slice(-9);
    case 'paybill':
      return digits === destination.paybill;
    case 'till':
      return digits === destination.till;
    case 'bank':
    case 'wallet':
      return false;
  }
}

function requestIds(
  message: ResultMessage,
  payment: CallbackPayment,
  redactor: Redactor,
): { readonly requestId: string | undefined } {
  return {
    requestId: redactor.id(isB2b(payment) ? message.originatorConversationId : message.conversationId),
  };
}
