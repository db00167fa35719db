import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { connect, type Socket } from 'node:net';

/** Milliseconds after which the next address of a name is tried, too (RFC 8305). */
const NEXT_ADDRESS_MS = 1000;

/** RFC 6761, 6.3: these names are the loopback addresses, whatever a resolver knows. */
const LOOPBACK: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

interface RelayAddress {
  host: string;
  port: number;
  localAddress?: string | undefined;
}

/**
 * Connects to a mail server. It tries every address of the name: nodemailer's own lookup ignores IPv6 addresses on a
 * machine that has only the loopback one.
 */
export function relaySocket(relay: RelayAddress, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: relay.host,
      port: relay.port,
      ...(relay.localAddress === undefined ? {} : { localAddress: relay.localAddress }),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      lookup: everyAddress,
    });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('Connection timeout'), { code: 'ETIMEDOUT' }));
    }, timeout);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

type Found = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** `connect` asks for all addresses at once, because of `autoSelectFamily`. */
function everyAddress(host: string, options: LookupOptions, found: unknown): void {
  if (/^(?:.+\.)?localhost\.?$/i.test(host)) (found as Found)(null, LOOPBACK);
  else lookup(host, { ...options, all: true }, found as Found);
}
