import type { HttpAnswer } from '../kit/http.ts';
import { isObject, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import { stopped, unreachable } from '../kit/outcomes.ts';
import type { Readiness } from '../port.ts';
import { unusableAnswer, type Unavailable } from './answers.ts';
import type { BitpesaAccount } from './client.ts';
import { nationalPhone, phoneCountry } from './phones.ts';
import type { SenderProfile } from './sender-profile.ts';
import type { BitpesaSettings } from './settings.ts';
import { bitpesaErrorWords } from './wire.ts';

type Step = { readonly kind: 'sender'; readonly sender: JsonObject | null } | Unavailable;

/** The one sender of an account: found under our id of it, made where there is none, patched where our data changed. */
export class AccountSender {
  private readonly bitpesa: BitpesaAccount;
  private id: string | null = null;
  private search: Promise<Readiness> | null = null;

  constructor(bitpesa: BitpesaAccount) {
    this.bitpesa = bitpesa;
  }

  /** Cheap once the sender is known; concurrent calls share one search. */
  prepare(): Promise<Readiness> {
    if (this.id !== null) return Promise.resolve({ kind: 'ready' });
    this.search ??= this.find().finally(() => {
      this.search = null;
    });
    return this.search;
  }

  /** BitPesa's id of the sender, or null before it is known. */
  current(): string | null {
    return this.id;
  }

  private async find(): Promise<Readiness> {
    const found = await this.findShown();
    if (found.kind !== 'sender') return found;
    const made = found.sender === null ? await this.create() : await this.patch(found.sender);
    if (made.kind !== 'sender') return made;
    const { account, redactor } = this.bitpesa;
    const id = scalarText(made.sender?.['id']);
    if (id === null)
      return unreachable({ code: 'unreadable', reason: 'BitPesa answered about the sender with something else.' });
    const state = scalarText(made.sender?.['state']) ?? '';
    // `initial` may pay where checks are waived, so the transaction's own state decides; these certainly may not.
    if (state === 'banned' || state === 'rejected' || state === 'disabled') {
      const reason = `The sender of account ${account} is ${state} at BitPesa. Ask BitPesa, or configure another under accounts.${account}.options.sender.`;
      return stopped('sender', redactor.text(reason));
    }
    this.id = id;
    return { kind: 'ready' };
  }

  private async findShown(): Promise<Step> {
    const { externalId } = this.bitpesa.settings.sender;
    const answer = await this.send('GET', `/v1/senders?external_id=${encodeURIComponent(externalId)}`);
    const unavailable = unusableAnswer(answer, this.bitpesa);
    if (unavailable !== null) return unavailable;
    const list = bodyOf(answer)?.['object'];
    if (!Array.isArray(list))
      return unreachable({
        code: 'unreadable',
        reason: 'BitPesa answered the request for senders with something else.',
      });
    // The filter may match by prefix, as that of transactions.
    const sender = list.filter(isObject).find((existing) => existing['external_id'] === externalId);
    return { kind: 'sender', sender: sender ?? null };
  }

  private async create(): Promise<Step> {
    const { settings } = this.bitpesa;
    const body = JSON.stringify({ sender: senderFields(settings.sender, settings.phoneFormat) });
    const answer = await this.send('POST', '/v1/senders', body);
    if (answer.kind !== 'answer' || answer.status !== 422) return this.senderIn(answer);
    // Another process made the sender, or a request of ours whose answer was lost.
    const meta = bodyOf(answer)?.['meta'];
    const existing = isObject(meta) && isObject(meta['existing']) ? meta['existing']['sender'] : undefined;
    return isObject(existing) ? this.patch(existing) : this.refused(answer);
  }

  private async patch(existing: JsonObject): Promise<Step> {
    const { settings } = this.bitpesa;
    const fields = changesOf(existing, senderFields(settings.sender, settings.phoneFormat));
    const id = scalarText(existing['id']);
    if (id === null || Object.keys(fields).length === 0) return { kind: 'sender', sender: existing };
    const answer = await this.send(
      'PATCH',
      `/v1/senders/${encodeURIComponent(id)}`,
      JSON.stringify({ sender: fields }),
    );
    if (answer.kind === 'answer' && answer.status === 422) return this.refused(answer);
    return this.senderIn(answer);
  }

  private senderIn(answer: HttpAnswer): Step {
    const unavailable = unusableAnswer(answer, this.bitpesa);
    if (unavailable !== null) return unavailable;
    const sender = bodyOf(answer)?.['object'];
    return { kind: 'sender', sender: isObject(sender) ? sender : null };
  }

  private refused(answer: HttpAnswer): Unavailable {
    const { account, redactor } = this.bitpesa;
    const clause = redactor.clause(bitpesaErrorWords(bodyOf(answer)));
    const reason = `BitPesa refuses the sender of account ${account}${clause}. Correct accounts.${account}.options.sender.`;
    return stopped('sender-refused', reason);
  }

  private send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: string): Promise<HttpAnswer> {
    const { client, settings } = this.bitpesa;
    const timeoutMs = settings.requestTimeoutMs;
    return client.sendHarmless({ method, path, timeoutMs, ...(body === undefined ? {} : { body }) });
  }
}

/** As it is sent when it is made. BitPesa waives documents of businesses that pay by file [assumed]; without the waiver it refuses them as blank. */
export function senderFields(
  { externalId, fields, documents, metadata }: SenderProfile,
  phoneFormat: BitpesaSettings['phoneFormat'],
): Readonly<Record<string, unknown>> {
  const phone = fields['phone_number'];
  const national = phone !== undefined && phoneFormat === 'national';
  const country = national ? (fields['phone_country'] ?? phoneCountry(phone)) : undefined;
  return {
    ...fields,
    ...(national ? { phone_number: nationalPhone(phone) } : {}),
    ...(country === undefined ? {} : { phone_country: country }),
    external_id: externalId,
    documents,
    metadata,
  };
}

/** The configured fields that BitPesa shows with another value; a field that it does not show cannot be compared. */
function changesOf(existing: JsonObject, wanted: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const changed = Object.entries(wanted).filter(([field, value]) => {
    if (typeof value !== 'string' || field === 'type' || field === 'external_id' || existing[field] === undefined)
      return false;
    const text = scalarText(existing[field]) ?? '';
    return field === 'phone_number' ? !isSamePhone(text, value) : text.trim() !== value;
  });
  return Object.fromEntries(changed);
}

function isSamePhone(existing: string, wanted: string): boolean {
  const [a, b] = [existing, wanted].map((text) => text.replace(/\D/g, '').replace(/^0+/, '')) as [string, string];
  return a === b || (a.length >= 7 && b.length >= 7 && (a.endsWith(b) || b.endsWith(a)));
}

function bodyOf(answer: HttpAnswer): JsonObject | null {
  return answer.kind === 'answer' ? parseObject(answer.body) : null;
}
