import { randomBytes } from 'node:crypto';
import { openSecret, sealSecret } from '../../../../src/authentication/features/two-factor/sealed-secret.js';

describe('A sealed secret', () => {
  const [old, current] = [randomBytes(32), randomBytes(32)];
  const secret = randomBytes(20);

  it('opens with its key, and is different each time', () => {
    const boxes = [sealSecret(secret, [current], 'row 1'), sealSecret(secret, [current], 'row 1')];
    for (const box of boxes) expect(openSecret(box, [current], 'row 1')).toEqual({ secret, isCurrent: true });
    expect(boxes[0]).not.toEqual(boxes[1]);
    expect(boxes[0]!.includes(secret)).toBe(false);
  });

  it('opens with any key of the list, and reports when it must be sealed again', () => {
    const box = sealSecret(secret, [old], 'row 1');
    expect(openSecret(box, [current, old], 'row 1')).toEqual({ secret, isCurrent: false });
  });

  it('does not open with another key, in another row, or after one bit was changed', () => {
    const box = sealSecret(secret, [current], 'row 1');
    expect(() => openSecret(box, [old], 'row 1')).toThrow('SECRET_KEY');
    expect(() => openSecret(box, [current], 'row 2')).toThrow('SECRET_KEY');
    for (const index of box.keys()) {
      const forged = Buffer.from(box);
      forged[index]! ^= 1;
      expect(() => openSecret(forged, [current], 'row 1')).toThrow('SECRET_KEY');
    }
  });

  it('cannot be made without a key', () => {
    expect(() => sealSecret(secret, [], 'row 1')).toThrow('SECRET_KEY is not set');
  });
});
