import { isObject, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import type { PayoutSetup } from './payout.ts';
import { hasNextPage } from './wire.ts';

/** What we want to hear; the first three are the least that BitPesa's review asks for. */
export const WEBHOOK_EVENTS: readonly string[] = [
  'transaction.paid_out',
  'transaction.refunded',
  'recipient.error',
  'transaction.canceled',
  'transaction.mispaid',
  'transaction.exception',
  'sender.approved',
  'sender.rejected',
];

const PAGES_MAX = 20;

/** Sees to it that BitPesa reports to our address. Without it payments are settled by asking, so that no failure here stops anything. */
export class WebhookKeeper {
  private readonly setup: PayoutSetup;
  private readonly address: string | null;
  private isDone = false;
  private trial: Promise<void> | null = null;

  /** @param address null where there is none, or where registering is not wanted. */
  constructor(setup: PayoutSetup, address: string | null) {
    this.setup = setup;
    this.address = address;
  }

  /** Once for each opened account, and never again after it failed: what is paid meanwhile is more urgent. */
  async prepare(): Promise<void> {
    if (this.isDone || this.address === null) return;
    const { address } = this;
    this.trial ??= this.register(address).finally(() => {
      this.isDone = true;
      this.trial = null;
    });
    await this.trial;
  }

  private async register(address: string): Promise<void> {
    if ((await this.isRegistered(address)) !== false) return;
    const events = await this.validEvents();
    await this.ask('POST', '/v1/webhooks', JSON.stringify({ webhook: { url: address, events, metadata: {} } }));
  }

  /** Null when it cannot be told: then another registration might only double what is there. */
  private async isRegistered(address: string): Promise<boolean | null> {
    for (let page = 1; page <= PAGES_MAX; page++) {
      const body = await this.ask('GET', page === 1 ? '/v1/webhooks' : `/v1/webhooks?page=${page}`);
      const list = body?.['object'];
      if (!Array.isArray(list)) return null;
      if (list.filter(isObject).some((webhook) => webhook['url'] === address)) return true;
      if (list.length === 0 || !hasNextPage(body)) return false;
    }
    return null;
  }

  /** Ours without those that BitPesa does not know, so that one new name does not cost the whole registration. */
  private async validEvents(): Promise<readonly string[]> {
    const list = (await this.ask('GET', '/v1/webhooks/events'))?.['object'];
    const items: readonly unknown[] = Array.isArray(list) ? list : [];
    const names = items.map((item) => scalarText(isObject(item) ? (item['name'] ?? item['event']) : item));
    const known = WEBHOOK_EVENTS.filter((event) => names.includes(event));
    return known.length === 0 ? WEBHOOK_EVENTS.slice(0, 3) : known;
  }

  private async ask(method: 'GET' | 'POST', path: string, body?: string): Promise<JsonObject | null> {
    const { api, settings } = this.setup;
    const timeoutMs = settings.requestTimeoutMs;
    const answer = await api.send({ method, path, timeoutMs, ...(body === undefined ? {} : { body }) });
    if (answer.kind !== 'answer' || answer.status >= 300) return null;
    return parseObject(answer.body);
  }
}
