// A measured process reports its port to its parent and, on request, the CPU time of all its threads and its memory.
import process from 'node:process';

export function report(server) {
  process.send({ port: server.address().port });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system, memory: process.memoryUsage.rss() });
  });
  // A parent that was killed can stop nobody.
  process.once('disconnect', () => process.exit(1));
}
