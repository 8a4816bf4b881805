import { randomUUID } from 'node:crypto';
import { BitpesaErrors, objectMember, textMember, type JsonFields } from './json.ts';
import type { BitpesaSimulatorSettings } from './settings.ts';
import { webhookHeaders } from './signature.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { Credential } from '../kit/options.ts';
import type { SimulatorRuntime } from '../kit/runtime.ts';

/** The event names of the specification that the simulator can send, and `recipient.pending` of the guide. */
export const EVENTS = [
  'transaction.created',
  'transaction.approved',
  'transaction.paid_in',
  'transaction.paid_out',
  'transaction.mispaid',
  'transaction.exception',
  'transaction.canceled',
  'transaction.refunded',
  'recipient.pending',
  'recipient.error',
  'recipient.paid_out',
  'recipient.refunded',
  'sender.created',
  'sender.approved',
  'sender.rejected',
  'sender.disabled',
] as const;

export type EventName = (typeof EVENTS)[number];

export interface BitpesaEvent {
  readonly event: EventName;
  readonly object: Readonly<Record<string, unknown>>;
}

export interface BitpesaWebhook {
  readonly id: string;
  readonly payer: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly metadata: JsonFields;
}

/** Tries after the first one. */
const RETRIES = 5;

/** The registered webhook addresses, and the events that are sent to them. */
export class BitpesaWebhooks {
  private readonly runtime: SimulatorRuntime;
  private readonly settings: BitpesaSimulatorSettings;
  private readonly credentialOf: (payer: string) => Credential;
  private readonly byId = new Map<string, BitpesaWebhook>();

  constructor(
    runtime: SimulatorRuntime,
    settings: BitpesaSimulatorSettings,
    credentialOf: (payer: string) => Credential,
  ) {
    this.runtime = runtime;
    this.settings = settings;
    this.credentialOf = credentialOf;
  }

  register(payer: string, fields: JsonFields): BitpesaWebhook | BitpesaErrors {
    const errors = new BitpesaErrors();
    const url = textMember(fields, 'url');
    const events: readonly unknown[] = Array.isArray(fields.events) ? fields.events : [];
    if (!/^https?:\/\/[^\s]+$/.test(url) || URL.parse(url) === null)
      errors.add('url', url === '' ? 'blank' : 'invalid');
    if (events.length === 0) errors.add('events', 'blank');
    if (!events.every((name) => EVENTS.some((known) => known === name))) errors.add('events', 'inclusion');
    if (!errors.isEmpty) return errors;
    const webhook = {
      id: randomUUID(),
      payer,
      url,
      events: events.map(String),
      metadata: objectMember(fields.metadata) ?? {},
    };
    this.byId.set(webhook.id, webhook);
    return webhook;
  }

  list(payer: string): readonly BitpesaWebhook[] {
    return [...this.byId.values()].filter((webhook) => webhook.payer === payer);
  }

  get(payer: string, id: string): BitpesaWebhook | null {
    const webhook = this.byId.get(id);
    return webhook?.payer === payer ? webhook : null;
  }

  remove(id: string): void {
    this.byId.delete(id);
  }

  /**
   * Sends an event to every address that is registered for it. Resolves when all first tries are answered.
   *
   * @param opposite the event of a forged or contradictory webhook; null when the event has no opposite.
   */
  async announce(
    payer: string,
    notice: BitpesaEvent,
    callbackFault?: CallbackFault,
    opposite: BitpesaEvent | null = null,
  ): Promise<void> {
    const wanting = this.list(payer).filter((webhook) => webhook.events.includes(notice.event));
    await Promise.all(wanting.map((webhook) => this.sendWithFault(webhook, notice, callbackFault, opposite)));
  }

  private async sendWithFault(
    webhook: BitpesaWebhook,
    notice: BitpesaEvent,
    callbackFault: CallbackFault | undefined,
    opposite: BitpesaEvent | null,
  ): Promise<void> {
    const credential = this.credentialOf(webhook.payer);
    switch (callbackFault) {
      case 'lost':
        return;
      case undefined:
      case 'early':
        return this.deliver(webhook, notice);
      case 'twice':
        await this.deliver(webhook, notice);
        this.runtime.after(this.settings.repeatDelayMs, () => void this.deliver(webhook, notice));
        return;
      case 'forged':
        // Signed for the right key with a wrong secret.
        if (opposite !== null) await this.post(webhook, opposite, { key: credential.key, secret: randomUUID() });
        return this.deliver(webhook, notice);
      case 'contradictory':
        await this.deliver(webhook, notice);
        if (opposite !== null) await this.deliver(webhook, opposite);
        return;
    }
  }

  /** Sends an event, and sends it again until the answer is 2xx. An address that never answers is removed, as BitPesa does. */
  private async deliver(webhook: BitpesaWebhook, notice: BitpesaEvent, failures = 0, silences = 0): Promise<void> {
    if (!this.byId.has(webhook.id)) return;
    const status = await this.post(webhook, notice, this.credentialOf(webhook.payer));
    if (status !== null && status >= 200 && status < 300) return;
    const silent = silences + (status === null ? 1 : 0);
    if (failures < RETRIES) {
      const delayMs = this.settings.webhookRetryMs * 2 ** failures;
      this.runtime.after(delayMs, () => void this.deliver(webhook, notice, failures + 1, silent));
    } else if (silent > RETRIES) this.remove(webhook.id);
  }

  private post(
    webhook: BitpesaWebhook,
    { event, object }: BitpesaEvent,
    credential: Credential,
  ): Promise<number | null> {
    const body = JSON.stringify({ webhook: webhook.id, event, object });
    return this.runtime.post({ url: webhook.url, headers: webhookHeaders(webhook.url, body, credential), body });
  }
}

export function webhookJson({ id, url, events, metadata }: BitpesaWebhook): Record<string, unknown> {
  return { id, url, events, metadata };
}
