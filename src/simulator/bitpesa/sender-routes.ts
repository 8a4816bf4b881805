import type { Answer } from '../kit/answer.ts';
import { objectMember } from './json.ts';
import {
  badRequest,
  simulatedBitpesaNotFound,
  object,
  simulatedBitpesaPage,
  unprocessable,
  type SimulatedBitpesaRequest,
  type BitpesaRoutes,
} from './answers.ts';
import type { BitpesaState } from './state.ts';
import { senderJson, type BitpesaSender, type BitpesaSenderChange } from './senders.ts';

export function senderRoutes({ senders, webhooks }: BitpesaState): BitpesaRoutes {
  const of = (request: SimulatedBitpesaRequest, then: (sender: BitpesaSender) => Answer): Answer => {
    const sender = senders.get(request.payer, request.id);
    return sender === null ? simulatedBitpesaNotFound() : then(sender);
  };
  return [
    ['POST v1/senders', (request) => planned(request, 201, (fields) => senders.creation(request.payer, fields))],
    [
      'GET v1/senders',
      ({ payer, query }) =>
        simulatedBitpesaPage(senders.list(payer, query.get('external_id')), query, (sender) => senderJson(sender)),
    ],
    ['GET v1/senders/:id', (request) => of(request, (sender) => object(200, senderJson(sender)))],
    [
      'PATCH v1/senders/:id',
      (request) => of(request, (sender) => planned(request, 200, (fields) => senders.change(sender, fields))),
    ],
    [
      'DELETE v1/senders/:id',
      (request) =>
        of(request, (sender) => {
          sender.state = 'disabled';
          void webhooks.announce(sender.payer, { event: 'sender.disabled', object: senderJson(sender) });
          return object(200, senderJson(sender));
        }),
    ],
  ];
}

function planned(
  { body }: SimulatedBitpesaRequest,
  status: number,
  planOf: (fields: Readonly<Record<string, unknown>>) => BitpesaSenderChange,
): Answer {
  const fields = body && objectMember(body.sender);
  if (fields === null) return badRequest();
  const plan = planOf(fields);
  const meta = plan.existing === null ? {} : { existing: { sender: senderJson(plan.existing) } };
  return plan.errors.isEmpty ? object(status, senderJson(plan.commit())) : unprocessable(fields, plan.errors, meta);
}
