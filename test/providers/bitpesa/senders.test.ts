import { describe, expect, it } from 'vitest';
import { SENDER, type Json } from './payments.ts';
import type { Reply } from '../scripted.ts';
import { bodyAt, ok, refusedFor, scripted } from './scripted.ts';

const FIND = 'GET /v1/senders?external_id=snd-acme-1';
const MAKE = 'POST /v1/senders';
const CHANGE = 'PATCH /v1/senders/sender-1';
const storedSender = (more: Json = {}): Json => ({ ...SENDER, id: 'sender-1', state: 'approved', ...more });
const made: Reply | null = { status: 201, body: { object: storedSender() } };

describe('the sender', () => {
  it('is looked up once, however many wait for it', async () => {
    const { provider, routes, spent } = await scripted();
    await Promise.all(Array.from({ length: 5 }, () => provider.prepare()));
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(routes()).toEqual([FIND]);
    expect(spent).toEqual(['requests']);
  });

  it('is made where there is none, with all that is configured', async () => {
    const { provider, routes, received } = await scripted({
      [FIND]: ok([storedSender({ external_id: 'snd-acme-10' })]),
      [MAKE]: made,
    });
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(routes()).toEqual([FIND, MAKE]);
    expect(bodyAt(received, 1)).toEqual({ sender: { ...SENDER, ip: '127.0.0.1', documents: [], metadata: {} } });
  });

  it('that another process has just made is used', async () => {
    const { provider, routes } = await scripted({
      [FIND]: ok([]),
      [MAKE]: refusedFor({ external_id: [{ error: 'taken' }] }, { existing: { sender: storedSender() } }),
    });
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(routes()).toEqual([FIND, MAKE]);
  });

  it('whose creation had no answer is created again, and found', async () => {
    const { provider } = await scripted({
      [FIND]: ok([]),
      [MAKE]: [null, refusedFor({ external_id: [{ error: 'taken' }] }, { existing: { sender: storedSender() } })],
    });
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
  });

  it('is patched in what BitPesa shows otherwise, and in nothing else', async () => {
    const { provider, received } = await scripted({
      [FIND]: ok([
        storedSender({
          city: 'York',
          email: null,
          phone_number: '441130000000',
          postal_code: undefined,
          name: ' Acme Relief Ltd',
        }),
      ]),
      [CHANGE]: ok(storedSender()),
    });
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    expect(received[1]?.route).toBe(CHANGE);
    expect(bodyAt(received, 1)).toMatchObject({ sender: { city: 'Leeds', email: 'ops@acme.example' } });
    expect(Object.keys((bodyAt(received, 1)['sender'] ?? {}) as Json)).toEqual(['city', 'email']);
  });

  it.each<[string, Record<string, Reply | null>, string, string]>([
    [
      'refused',
      { [FIND]: ok([]), [MAKE]: refusedFor({ documents: [{ error: 'blank' }] }) },
      'stop',
      'documents: blank',
    ],
    [
      'refused its new data',
      { [FIND]: ok([storedSender({ city: 'York' })]), [CHANGE]: refusedFor({ city: [{ error: 'invalid' }] }) },
      'stop',
      'options.sender',
    ],
    ['banned', { [FIND]: ok([storedSender({ state: 'banned' })]) }, 'stop', 'banned'],
    ['not known to credentials that are refused', { [FIND]: { status: 401 } }, 'stop', 'accounts.relief.credentials'],
    ['looked for at another address', { [FIND]: { status: 404 } }, 'stop', 'accounts.relief.endpoint'],
    ['asked for too often', { [FIND]: { status: 429 } }, 'throttled', 'pause'],
    ['not answered', { [FIND]: { status: 503 } }, 'unreachable', '503'],
    ['not readable', { [FIND]: ok('?') }, 'unreachable', 'something else'],
    ['made without an id', { [FIND]: ok([]), [MAKE]: ok({}) }, 'unreachable', 'something else'],
  ])('that is %s: the account is %#', async (_what, answers, kind, words) => {
    const { provider } = await scripted(answers);
    const readiness = await provider.prepare();
    if (readiness.kind === 'ready') throw new Error('was ready');
    expect(readiness.kind).toBe(kind);
    expect(readiness.evidence.reason).toContain(words);
  });

  it('may still be initial: the transaction decides', async () => {
    const { provider } = await scripted({ [FIND]: ok([storedSender({ state: 'initial' })]) });
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
  });

  it('has an id of its own by who it is and not by where it is, when none is configured', async () => {
    const { external_id, ...unnamed } = SENDER;
    const routesOf = async (sender: Json) => {
      const { provider, routes } = await scripted({}, { options: { sender } });
      await provider.prepare();
      return routes()[0];
    };
    const [first, moved, other] = [
      await routesOf(unnamed),
      await routesOf({ ...unnamed, city: 'York' }),
      await routesOf({ ...unnamed, name: 'B' }),
    ];
    expect(external_id).toBe('snd-acme-1');
    expect(first).toMatch(/^GET \/v1\/senders\?external_id=payrun-[0-9a-f]{20}$/);
    expect([moved === first, other === first]).toEqual([true, false]);
  });

  it('has its phone without the country where the account is of that age', async () => {
    const { provider, received } = await scripted(
      { [FIND]: ok([]), [MAKE]: made },
      { options: { phone_format: 'national' } },
    );
    await provider.prepare();
    expect(bodyAt(received, 1)['sender']).toMatchObject({ phone_number: '1130000000', phone_country: 'GB' });
  });
});

describe('the webhook', () => {
  const callbackAddress = 'https://pay.example.org/callbacks/c0ffee00c0ffee00c0ffee00c0ffee00';
  const LIST = 'GET /v1/webhooks';
  const EVENTS = 'GET /v1/webhooks/events';
  const HOOK = 'POST /v1/webhooks';

  it('is registered once, for the events that BitPesa knows', async () => {
    const { provider, routes, received } = await scripted({}, { callbackAddress });
    await provider.prepare();
    await provider.prepare();
    expect(routes()).toEqual([FIND, LIST, EVENTS, HOOK]);
    expect(bodyAt(received, -1)).toEqual({
      webhook: {
        url: callbackAddress,
        events: ['transaction.paid_out', 'transaction.refunded', 'recipient.error'],
        metadata: {},
      },
    });
  });

  it('that is there is left alone, on whatever page it is', async () => {
    const { provider, routes } = await scripted(
      {
        [LIST]: ok([{ url: 'https://other.example' }], { pagination: { next_page: 2 } }),
        'GET /v1/webhooks?page=2': ok([{ url: callbackAddress }], { pagination: { next_page: null } }),
      },
      { callbackAddress },
    );
    await provider.prepare();
    expect(routes()).toEqual([FIND, LIST, 'GET /v1/webhooks?page=2']);
  });

  it.each<[string, Record<string, Reply | null>]>([
    ['the list', { [LIST]: { status: 500 } }],
    ['the list by silence', { [LIST]: null }],
    ['the events', { [EVENTS]: { status: 500 } }],
    ['the registration', { [HOOK]: refusedFor({ url: [{ error: 'invalid' }] }) }],
  ])('that cannot be registered for %s stops nothing', async (_what, answers) => {
    const { provider, routes } = await scripted(answers, { callbackAddress });
    expect(await provider.prepare()).toEqual({ kind: 'ready' });
    const times = routes().length;
    await provider.prepare();
    expect(routes()).toHaveLength(times);
  });

  it('is not registered without an address, or where it is not wanted', async () => {
    const without = await scripted();
    await without.provider.prepare();
    const unwanted = await scripted({}, { callbackAddress, options: { register_webhook: 'false' } });
    await unwanted.provider.prepare();
    expect([without.routes(), unwanted.routes()]).toEqual([[FIND], [FIND]]);
  });
});
