// A measured process reports its port to its parent and, on request, the CPU time that it has used.
import process from 'node:process';

export function report(server) {
  process.send({ port: server.address().port });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system });
  });
}
