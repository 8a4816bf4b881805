import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/** Addresses and networks, such as `196.201.214.200` and `10.0.0.0/8`. The configuration's check has passed both. */
export class Sources {
  private readonly list = new BlockList();
  readonly isEmpty: boolean;

  constructor(places: readonly string[]) {
    this.isEmpty = places.length === 0;
    for (const place of places) {
      const [address = '', prefix] = place.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.list.addAddress(address, family);
      else this.list.addSubnet(address, Number(prefix), family);
    }
  }

  has(address: string): boolean {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && this.list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/**
 * The address of the sender: the last one of `X-Forwarded-For` that no trusted proxy has added. A stranger can write addresses
 * only before that one, and they are never read.
 */
export function callerOf(remote: string, forwarded: string | undefined, proxies: Sources): string {
  let caller = plainAddress(remote);
  if (proxies.isEmpty || forwarded === undefined) return caller;
  const hops = forwarded.split(',').map((hop) => hop.trim());
  while (proxies.has(caller)) {
    const hop = hops.pop();
    if (hop === undefined || hop === '') break;
    caller = plainAddress(hop);
  }
  return caller;
}

/** `196.201.214.200:51234`: proxies of Azure and IIS append the port of the sender. */
const IPV4_WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
/** `[2001:db8::1]` and `[2001:db8::1]:51234`. */
const IPV6_IN_BRACKETS = /^\[([0-9A-Fa-f:.]{2,45})\](?::\d{1,5})?$/;
/** `::ffff:10.1.2.3`, as an IPv6 socket shows an IPv4 address. */
const IPV4_IN_IPV6 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** An address without its port and brackets; an IPv4 address inside IPv6 as IPv4. Any other text stays as it is. */
function plainAddress(text: string): string {
  const address = IPV4_WITH_PORT.exec(text)?.[1] ?? IPV6_IN_BRACKETS.exec(text)?.[1] ?? text;
  return IPV4_IN_IPV6.exec(address)?.[1] ?? address;
}

/** Digests of tokens have one length, so that they can be compared in constant time. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
