import type { Fault } from './faults.ts';
import type { SimulatorStats, WireEvent } from './options.ts';
import type { Service } from './service.ts';

/** Counts requests, answers and faults. */
export class Recorder {
  private readonly provider: string;
  private readonly service: Service;
  private readonly observe: ((event: WireEvent) => void) | undefined;
  private readonly routes: Record<string, number> = {};
  private readonly statuses: Record<string, number> = {};
  private readonly faults: Record<string, number> = {};
  private requests = 0;
  private payoutsInFlight = 0;
  private mostPayoutsInFlight = 0;
  /** How many entries of the book `bookedMinor` already contains. */
  private summed = 0;
  private bookedMinor = 0n;

  constructor(provider: string, service: Service, observe: ((event: WireEvent) => void) | undefined) {
    this.provider = provider;
    this.service = service;
    this.observe = observe;
  }

  /** Counts a request that has just arrived; returns its ordinal. */
  arrived(route: string): number {
    this.requests += 1;
    increment(this.routes, route);
    return this.requests;
  }

  fault(fault: Fault): void {
    increment(this.faults, fault.kind);
  }

  note(event: WireEvent, isPayout: boolean): void {
    switch (event.step) {
      case 'received':
        if (isPayout) this.payoutsInFlight += 1;
        this.mostPayoutsInFlight = Math.max(this.mostPayoutsInFlight, this.payoutsInFlight);
        break;
      case 'served':
        break;
      case 'answered':
      case 'cut':
      case 'dropped':
      case 'gone':
        if (isPayout) this.payoutsInFlight -= 1;
        increment(this.statuses, event.step === 'answered' ? String(event.status) : event.step);
        break;
    }
    this.observe?.(event);
  }

  stats(): SimulatorStats {
    const entries = this.service.entries();
    for (; this.summed < entries.length; this.summed++) this.bookedMinor += entries[this.summed]?.amountMinor ?? 0n;
    return {
      provider: this.provider,
      requests: this.requests,
      routes: { ...this.routes },
      statuses: { ...this.statuses },
      faults: { ...this.faults },
      bookings: entries.length,
      bookedMinor: this.bookedMinor,
      payoutsInFlight: this.payoutsInFlight,
      mostPayoutsInFlight: this.mostPayoutsInFlight,
      windows: this.service.windows(),
    };
  }
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
