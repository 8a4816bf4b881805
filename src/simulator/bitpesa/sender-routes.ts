import type { Answer } from '../kit/answer.ts';
import { objectOf } from './json.ts';
import { badRequest, notFound, object, page, unprocessable, type Request, type Routes } from './requests.ts';
import type { Rooms } from './rooms.ts';
import { senderJson, type Sender, type SenderPlan } from './senders.ts';

export function senderRoutes({ senders, webhooks }: Rooms): Routes {
  const of = (request: Request, then: (sender: Sender) => Answer): Answer => {
    const sender = senders.get(request.payer, request.id);
    return sender === null ? notFound() : then(sender);
  };
  return [
    ['POST v1/senders', (request) => planned(request, 201, (fields) => senders.creation(request.payer, fields))],
    [
      'GET v1/senders',
      ({ payer, query }) => page(senders.list(payer, query.get('external_id')), query, (sender) => senderJson(sender)),
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
  { body }: Request,
  status: number,
  planOf: (fields: Readonly<Record<string, unknown>>) => SenderPlan,
): Answer {
  const fields = body && objectOf(body.sender);
  if (fields === null) return badRequest();
  const plan = planOf(fields);
  const meta = plan.existing === null ? {} : { existing: { sender: senderJson(plan.existing) } };
  return plan.errors.isEmpty ? object(status, senderJson(plan.commit())) : unprocessable(fields, plan.errors, meta);
}
