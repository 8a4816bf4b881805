import { json, type Answer } from '../kit/answer.ts';
import { failsValidation } from './outcomes.ts';
import { BitpesaErrors, objectMember, textMember } from './json.ts';
import { amountJson, currencies, nanoOfMinor, rateOf, type BitpesaCurrency } from './amounts.ts';
import {
  badRequest,
  simulatedBitpesaNotFound,
  object,
  type SimulatedBitpesaRequest,
  type BitpesaRoutes,
  unprocessable,
} from './answers.ts';
import type { BitpesaState } from './state.ts';
import { EVENTS, webhookJson, type BitpesaWebhook } from './callbacks.ts';

/** Requests that move no money: balances, currencies, rates, account validation, and the registration of webhooks. */
export function infoRoutes(state: BitpesaState): BitpesaRoutes {
  const all = [...currencies.values()];
  return [
    ['GET v1/accounts', ({ payer }) => simulatedBitpesaAccounts(state, payer, all)],
    ['GET v1/accounts/:id', (request) => account(state, request)],
    ['GET v1/info/currencies', () => object(200, all.map(currencyJson))],
    ['GET v1/info/currencies/in', () => object(200, all.map(withRates))],
    ['GET v1/info/currencies/out', () => object(200, all.map(withRates))],
    ['POST v1/account_validations', ({ body }) => (body === null ? badRequest() : validation(state, body))],
    ...webhookRoutes(state),
  ];
}

function simulatedBitpesaAccounts(state: BitpesaState, payer: string, list: readonly BitpesaCurrency[]): Answer {
  return object(
    200,
    list.map((currency) => accountJson(state, payer, currency)),
    { negative_balance: state.settings.overdraft },
  );
}

function account(state: BitpesaState, { payer, id }: SimulatedBitpesaRequest): Answer {
  const currency = currencies.get(id);
  if (currency === undefined) return simulatedBitpesaNotFound();
  if (state.settings.accountShape === 'list') return simulatedBitpesaAccounts(state, payer, [currency]);
  return object(200, accountJson(state, payer, currency), { negative_balance: state.settings.overdraft });
}

function accountJson({ balances }: BitpesaState, payer: string, currency: BitpesaCurrency): Record<string, unknown> {
  return { amount: amountJson(nanoOfMinor(balances.of(payer, currency), currency)), currency: currency.code };
}

function currencyJson({ code, decimals, min, max }: BitpesaCurrency): Record<string, unknown> {
  return { code, decimals: String(decimals), min, max };
}

function withRates(currency: BitpesaCurrency): Record<string, unknown> {
  const others = [...currencies.values()].filter((other) => other !== currency);
  const opposites = others.map((other) => ({ code: other.code, rate: amountJson(rateOf(currency, other)) }));
  return { ...currencyJson(currency), opposites };
}

/** Answers the holder of an account. A 422 can also mean an outage. */
function validation({ options }: BitpesaState, fields: Readonly<Record<string, unknown>>): Answer {
  const method = textMember(fields, 'method');
  const number =
    ['bank_account', 'phone_number', 'iban'].map((name) => textMember(fields, name)).find((text) => text !== '') ?? '';
  const isAsked =
    ['bank', 'mobile'].includes(method) && number !== '' && currencies.has(textMember(fields, 'currency'));
  const isUnknown =
    options.magic.countsFor(number) &&
    failsValidation(textMember(fields, 'currency'), number, textMember(fields, 'mobile_provider'));
  if (isAsked && !isUnknown) return object(200, { ...fields, account_name: 'SIMULATED HOLDER' });
  return json(422, {
    object: { ...fields, account_name: null },
    meta: { error: isAsked ? 'Account not found' : 'Invalid request' },
  });
}

function webhookRoutes({ webhooks }: BitpesaState): BitpesaRoutes {
  const of = ({ payer, id }: SimulatedBitpesaRequest, then: (webhook: BitpesaWebhook) => Answer): Answer => {
    const webhook = webhooks.get(payer, id);
    return webhook === null ? simulatedBitpesaNotFound() : then(webhook);
  };
  return [
    [
      'POST v1/webhooks',
      ({ body, payer }) => {
        const fields = body && objectMember(body.webhook);
        if (fields === null) return badRequest();
        const made = webhooks.register(payer, fields);
        return made instanceof BitpesaErrors ? unprocessable(fields, made) : object(201, webhookJson(made));
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
