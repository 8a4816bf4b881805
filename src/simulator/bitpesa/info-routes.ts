import { json, type Answer } from '../kit/answer.ts';
import { failsValidation } from './endings.ts';
import { Errors, objectOf, textOf } from './json.ts';
import { amountJson, currencies, nanoOfMinor, rateOf, type Currency } from './money.ts';
import { badRequest, notFound, object, type Request, type Routes, unprocessable } from './requests.ts';
import type { Rooms } from './rooms.ts';
import { EVENTS, webhookJson, type Webhook } from './webhooks.ts';

/** Everything that moves no money: balances, currencies, rates, account validation, and the registration of webhooks. */
export function infoRoutes(rooms: Rooms): Routes {
  const all = [...currencies.values()];
  return [
    ['GET v1/accounts', ({ payer }) => accounts(rooms, payer, all)],
    ['GET v1/accounts/:id', (request) => account(rooms, request)],
    ['GET v1/info/currencies', () => object(200, all.map(currencyJson))],
    ['GET v1/info/currencies/in', () => object(200, all.map(withRates))],
    ['GET v1/info/currencies/out', () => object(200, all.map(withRates))],
    ['POST v1/account_validations', ({ body }) => (body === null ? badRequest() : validation(rooms, body))],
    ...webhookRoutes(rooms),
  ];
}

function accounts(rooms: Rooms, payer: string, list: readonly Currency[]): Answer {
  return object(200, list.map((currency) => accountJson(rooms, payer, currency)), { negative_balance: rooms.settings.overdraft }); // prettier-ignore
}

function account(rooms: Rooms, { payer, id }: Request): Answer {
  const currency = currencies.get(id);
  if (currency === undefined) return notFound();
  if (rooms.settings.accountShape === 'list') return accounts(rooms, payer, [currency]);
  return object(200, accountJson(rooms, payer, currency), { negative_balance: rooms.settings.overdraft });
}

function accountJson({ balances }: Rooms, payer: string, currency: Currency): Record<string, unknown> {
  return { amount: amountJson(nanoOfMinor(balances.of(payer, currency), currency)), currency: currency.code };
}

function currencyJson({ code, decimals, min, max }: Currency): Record<string, unknown> {
  return { code, decimals: String(decimals), min, max };
}

function withRates(currency: Currency): Record<string, unknown> {
  const others = [...currencies.values()].filter((other) => other !== currency);
  const opposites = others.map((other) => ({ code: other.code, rate: amountJson(rateOf(currency, other)) }));
  return { ...currencyJson(currency), opposites };
}

/** Says whose account it is; a 422 may also be an outage. */
function validation({ options }: Rooms, fields: Readonly<Record<string, unknown>>): Answer {
  const method = textOf(fields, 'method');
  const number = ['bank_account', 'phone_number', 'iban'].map((name) => textOf(fields, name)).find((text) => text !== '') ?? ''; // prettier-ignore
  const isAsked = ['bank', 'mobile'].includes(method) && number !== '' && currencies.has(textOf(fields, 'currency'));
  const isUnknown = options.magicValues && failsValidation(textOf(fields, 'currency'), number, textOf(fields, 'mobile_provider')); // prettier-ignore
  if (isAsked && !isUnknown) return object(200, { ...fields, account_name: 'SIMULATED HOLDER' });
  return json(422, { object: { ...fields, account_name: null }, meta: { error: isAsked ? 'Account not found' : 'Invalid request' } }); // prettier-ignore
}

function webhookRoutes({ webhooks }: Rooms): Routes {
  const of = ({ payer, id }: Request, then: (webhook: Webhook) => Answer): Answer => {
    const webhook = webhooks.get(payer, id);
    return webhook === null ? notFound() : then(webhook);
  };
  return [
    [
      'POST v1/webhooks',
      ({ body, payer }) => {
        const fields = body && objectOf(body.webhook);
        if (fields === null) return badRequest();
        const made = webhooks.register(payer, fields);
        return made instanceof Errors ? unprocessable(fields, made) : object(201, webhookJson(made));
      },
    ],
    ['GET v1/webhooks', ({ payer }) => object(200, webhooks.list(payer).map(webhookJson))],
    ['GET v1/webhooks/events', () => object(200, EVENTS)],
    ['GET v1/webhooks/:id', (request) => of(request, (webhook) => object(200, webhookJson(webhook)))],
    [
      'DELETE v1/webhooks/:id',
      (request) =>
        of(request, (webhook) => {
          webhooks.remove(webhook.id);
          return object(200, webhookJson(webhook));
        }),
    ],
  ];
}
