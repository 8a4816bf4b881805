import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodiless, delivered, withHeaders, type Answer } from './answer.ts';
import type { Fault, FaultSource } from './faults.ts';
import type { AnySimulatorOptions, WireEvent } from './options.ts';
import { randomHex } from './ids.ts';
import type { Recorder } from './recorder.ts';
import type { ServiceCall, Head, Service } from './service.ts';

/** Everything that the exchanges of one simulator share. */
export interface ExchangeContext {
  readonly options: AnySimulatorOptions;
  readonly service: Service;
  readonly faults: FaultSource;
  readonly recorder: Recorder;
  /** Timers of delayed exchanges; cleared when the simulator is closed. */
  readonly timers: Set<NodeJS.Timeout>;
}

/** One request and its answer, with the fault between them. */
export class SimulatedExchange {
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly context: ExchangeContext;
  private readonly route: string;
  private readonly isPayout: boolean;
  private readonly ordinal: number;
  private readonly startedAt: number;
  private reference = '';
  private status = 0;
  private isReceived = false;
  private isOver = false;

  constructor(request: IncomingMessage, response: ServerResponse, context: ExchangeContext, head: Head | null) {
    this.request = request;
    this.response = response;
    this.context = context;
    this.route = head?.route ?? 'elsewhere';
    this.isPayout = head !== null && context.service.isPayout(head);
    this.ordinal = context.recorder.arrived(this.route);
    this.startedAt = context.options.now();
    response.on('finish', () => this.end('answered'));
    response.on('close', () => this.end('gone'));
  }

  /** Answers without reading the request: rate limits, too large bodies, unknown addresses. */
  refuse(answer: Answer): void {
    this.received();
    this.deliver(answer);
  }

  serve(head: Head, body: string, headers: Readonly<Record<string, string>>): void {
    const { service, options, faults, recorder } = this.context;
    const call = service.read(head, body);
    this.reference = call.reference;
    this.received();
    const payout = this.isPayout;
    const fault = faults({ ordinal: this.ordinal, route: head.route, payout, reference: this.reference, body });
    if (fault !== null) recorder.fault(fault);
    const totalMs = latencyOf(options);
    const beforeMs = totalMs === 0 ? 0 : Math.floor(totalMs * options.random());
    // The request is served even when the client is gone: money can move although no answer is delivered.
    this.after(beforeMs, () => {
      const answer = this.answer(head, call, fault);
      this.status = answer.status;
      this.note('served');
      this.after(totalMs - beforeMs, () => this.deliver(withHeaders(answer, { ...headers, ...answer.headers })));
    });
  }

  private answer(head: Head, call: ServiceCall, fault: Fault | null): Answer {
    switch (fault?.kind) {
      case undefined:
        return call.serve();
      case 'throttle':
        return this.context.service.throttled(head);
      case 'callback':
        return call.serve(fault.callbackFault);
      case 'drop-before-booking':
        return delivered(bodiless(503), { kind: 'drop' });
      case 'drop-after-booking':
        return delivered(call.serve(), { kind: 'drop' });
      case 'status':
        if (fault.booked) call.serve();
        return bodiless(fault.status);
      case 'unreadable':
        return delivered(call.serve(), { kind: 'unreadable' });
      case 'cut-short':
        return delivered(call.serve(), { kind: 'cut-short' });
      case 'slow':
        return delivered(call.serve(), { kind: 'slow', delayMs: fault.delayMs });
      case 'expire-tokens':
        this.context.service.expireTokens();
        return call.serve();
    }
  }

  private deliver(answer: Answer): void {
    this.status = answer.status;
    const { delivery } = answer;
    switch (delivery.kind) {
      case 'whole':
        this.send(answer, answer.body);
        return;
      case 'slow':
        this.after(delivery.delayMs, () => this.send(answer, answer.body));
        return;
      case 'after':
        void delivery.done.then(() => this.send(answer, answer.body));
        return;
      case 'drop':
        this.end('dropped');
        this.request.socket.destroy();
        return;
      case 'unreadable':
        this.send(answer, '<html>\u0000{"message": "Funds sent');
        return;
      case 'cut-short':
        this.sendHalf(answer);
        return;
    }
  }

  private send(answer: Answer, body: string): void {
    if (this.response.destroyed) return;
    this.response.writeHead(answer.status, this.headers(answer, Buffer.byteLength(body)));
    this.response.end(body);
  }

  private sendHalf(answer: Answer): void {
    if (this.response.destroyed) return;
    this.end('cut');
    const bytes = Buffer.from(answer.body);
    this.response.writeHead(answer.status, this.headers(answer, Math.max(bytes.length, 2)));
    this.response.write(bytes.subarray(0, bytes.length >> 1), () => this.request.socket.destroy());
  }

  private headers(answer: Answer, length: number): Record<string, string | number> {
    const { now, shownNow = now, random } = this.context.options;
    return {
      ...answer.headers,
      Date: new Date(shownNow()).toUTCString(),
      'Content-Length': length,
      'X-Request-ID': `req_${randomHex(random)}`,
      'X-Process-Time': `${Math.max(0, Math.round(now() - this.startedAt))}ms`,
    };
  }

  private after(delayMs: number, then: () => void): void {
    if (delayMs <= 0) {
      then();
      return;
    }
    const { timers } = this.context;
    const timer = setTimeout(() => {
      timers.delete(timer);
      then();
    }, delayMs);
    timers.add(timer);
  }

  private received(): void {
    this.isReceived = true;
    this.note('received');
  }

  /** Only the first end counts. A request whose body did not arrive whole was never received and has no end. */
  private end(step: 'answered' | 'cut' | 'dropped' | 'gone'): void {
    if (this.isOver || !this.isReceived) return;
    this.isOver = true;
    this.note(step);
  }

  private note(step: WireEvent['step']): void {
    const { ordinal, route, reference, status } = this;
    this.context.recorder.note(
      { step, ordinal, route, reference, status, at: this.context.options.now() },
      this.isPayout,
    );
  }
}

function latencyOf({ latencyMs, random }: AnySimulatorOptions): number {
  if (latencyMs === undefined || latencyMs.max <= 0) return 0;
  return latencyMs.min + random() * (latencyMs.max - latencyMs.min);
}
