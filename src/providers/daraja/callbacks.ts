import { createHash } from 'node:crypto';
import type { Evidence } from '../../domain/outcome.ts';
import { evidence, Redactor } from '../kit/redaction.ts';
import { parseObject } from '../kit/json.ts';
import type {
  CallbackReader,
  ParsedCallback,
  CallbackReply,
  CallbackRequest,
  CallbackSetup,
  CallbackPayment,
} from '../port.ts';
import { Segments } from './address.ts';
import { resultMessage, type ResultMessage } from './envelope.ts';
import { payoutResult } from './result.ts';
import { readSettings, type Settings } from './settings.ts';
import { statusFinding } from './status.ts';

/** Reads what Daraja posts. It signs nothing, so the end of the address is what proves that the sender was given it. */
export function darajaCallbacks(setup: CallbackSetup): CallbackReader {
  return new DarajaCallbacks(setup);
}

class DarajaCallbacks implements CallbackReader {
  private readonly settings: Settings;
  private readonly segments: Segments;
  private readonly redactor: Redactor;
  private readonly reply: CallbackReply;

  constructor({ credentials, options }: CallbackSetup) {
    this.settings = readSettings(options);
    this.segments = new Segments(credentials['consumer_secret'] ?? '');
    this.redactor = new Redactor(Object.values(credentials));
    const { callbackReply } = this.settings;
    // What these interfaces want to be answered is undocumented; an older one had eight zeros [assumed].
    this.reply = { ResultCode: callbackReply === '0' ? 0 : callbackReply, ResultDesc: 'Accepted' };
  }

  async read(
    request: CallbackRequest,
    payment: (reference: string) => Promise<CallbackPayment | null>,
  ): Promise<ParsedCallback> {
    const segment = this.segments.read(request.segment);
    if (segment === null) {
      return { kind: 'refused', status: 403, reason: 'The end of this address was not given to anybody.' };
    }
    const text = Buffer.from(request.body).toString('utf8');
    const message = resultMessage(parseObject(text));
    const deduplicationKey = `${request.segment}:${createHash('sha256').update(request.body).digest('hex')}`;
    switch (segment.kind) {
      case 'r':
        return this.result(message, segment.reference, await payment(segment.reference), deduplicationKey);
      case 't': {
        // Whether it can still be carried out is not known, whatever shape the notice has.
        const said = evidence('queue-timeout', 'Daraja reports that the payment waited too long in its queue.');
        return this.hint(deduplicationKey, segment.reference, said);
      }
      case 'q': {
        const called = await payment(segment.reference);
        if (called === null) return this.noted(deduplicationKey, 'the answer to a question about no payment of ours');
        const report = statusFinding(message, called, this.redactor);
        return { kind: 'report', deduplicationKey, reference: segment.reference, report, reply: this.reply };
      }
      case 'u':
        return this.noted(deduplicationKey, 'a status query timed out in the queue');
      case 'b':
        return this.noted(deduplicationKey, 'the answer to a question for the balance');
      case 'v':
        return this.noted(deduplicationKey, 'a question for the balance timed out in the queue');
    }
  }

  private result(
    message: ResultMessage | null,
    reference: string,
    payment: CallbackPayment | null,
    deduplicationKey: string,
  ): ParsedCallback {
    if (message?.isInterim === true) return this.noted(deduplicationKey, 'more messages follow this one');
    if (message === null || payment === null) {
      return this.hint(
        deduplicationKey,
        reference,
        evidence('unreadable', 'Daraja reported something that cannot be read.'),
      );
    }
    const { confirmByQuery } = this.settings;
    const reading = payoutResult(message, payment, { confirmByQuery, redactor: this.redactor });
    switch (reading.kind) {
      case 'report':
        return { ...reading, deduplicationKey, reference, reply: this.reply };
      case 'unverified':
        return this.hint(deduplicationKey, reference, reading.said);
    }
  }

  private hint(deduplicationKey: string, reference: string, evidence: Evidence): ParsedCallback {
    return { kind: 'unverified', deduplicationKey, reference, evidence, reply: this.reply };
  }

  private noted(deduplicationKey: string, reason: string): ParsedCallback {
    return { kind: 'unrelated', deduplicationKey, reason, reply: this.reply };
  }
}
