import { bodiless, json, type Answer } from '../kit/answer.ts';
import { randomHex } from '../kit/ids.ts';
import type { SimulatorRuntime } from '../kit/runtime.ts';

/** The settings of how answers are worded. */
export interface DarajaWording {
  readonly tokenRefusalCode: string;
  readonly acceptanceCode: string;
  readonly throttleShape: string;
}

/** A refusal of the API. The first three digits of its code are the HTTP status. */
export function refuse(runtime: SimulatorRuntime, code: string, message: string): Answer {
  return json(Number(code.slice(0, 3)), { requestId: requestIdOf(runtime), errorCode: code, errorMessage: message });
}

export function invalidField(runtime: SimulatorRuntime, field: string): Answer {
  return refuse(runtime, '400.002.02', `Bad Request - Invalid ${field}`);
}

export function deadToken(runtime: SimulatorRuntime, { tokenRefusalCode }: DarajaWording): Answer {
  return refuse(runtime, tokenRefusalCode, 'Invalid Access Token');
}

/** The acknowledgement of a queued request. */
export function accepted(ids: DarajaConversation, { acceptanceCode }: DarajaWording): Answer {
  return acknowledged(ids, acceptanceCode === 'number' ? 0 : acceptanceCode === 'zeros' ? '00000000' : '0');
}

export function acknowledged(
  { conversationId, originatorId }: DarajaConversation,
  responseCode: string | number,
): Answer {
  const isAccepted = Number(responseCode) === 0;
  return json(200, {
    ConversationID: conversationId,
    OriginatorConversationID: originatorId,
    ResponseCode: responseCode,
    ResponseDescription: isAccepted ? 'Accept the service request successfully.' : 'The service request is rejected.',
  });
}

export interface DarajaConversation {
  readonly conversationId: string;
  readonly originatorId: string;
}

export function tooFast(runtime: SimulatorRuntime, { throttleShape }: DarajaWording): Answer {
  if (throttleShape === '429') return bodiless(429);
  if (throttleShape === 'error')
    return refuse(runtime, '500.003.02', 'System is busy. Please try again in few minutes.');
  return gatewayFault(
    500,
    'Spike arrest violation. Allowed rate : MessageRate{}',
    'policies.ratelimit.SpikeArrestViolation',
  );
}

export function overQuota(runtime: SimulatorRuntime, { throttleShape }: DarajaWording): Answer {
  if (throttleShape === '429') return bodiless(429);
  if (throttleShape === 'error') return refuse(runtime, '500.003.03', 'Quota violation');
  return gatewayFault(500, 'Rate limit quota violation. Quota limit exceeded.', 'policies.ratelimit.QuotaViolation');
}

/** A refusal of the gateway in front of the API. */
export function gatewayFault(status: number, faultstring: string, errorcode: string): Answer {
  return json(status, { fault: { faultstring, detail: { errorcode } } });
}

function requestIdOf(runtime: SimulatorRuntime): string {
  const part = (): string => randomHex(() => runtime.random());
  return `${part().slice(4)}-${part().slice(4)}-${part().slice(4)}-${part()}${part().slice(1)}`;
}
