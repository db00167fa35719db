import { applyDecorators } from '@nestjs/common';
import { ApiSecurity, type OpenAPIObject } from '@nestjs/swagger';
import { Documented } from '../../../http/openapi/documented.js';
import { DeviceView } from '../device.view.js';
import { DEVICES } from '../devices.openapi.js';
import { DeviceNameDto } from '../dto/name.dto.js';
import { ClaimPairingDto } from './dto/claim-pairing.dto.js';
import { PairingStatusView, PairingView } from './pairing.view.js';

const PAIRING_TOKEN = 'pairing_token';

/** The pairing token is no session's: it opens one route, and no other token does. */
export function addPairingScheme({ components }: OpenAPIObject): void {
  Object.assign(components?.securitySchemes ?? {}, { [PAIRING_TOKEN]: { type: 'http', scheme: 'bearer' } });
}

export const RequestPairingDocs = (): MethodDecorator =>
  Documented({
    id: 'requestPairing',
    group: DEVICES,
    summary: 'Ask for a code, as a device that cannot sign in',
    details: 'The device shows the code for ten minutes, and asks `/devices/pairings/current` meanwhile.',
    body: DeviceNameDto,
    answers: { 201: { description: 'the code, and the token to ask with', type: PairingView } },
    problems: { 429: ['too_many_requests'], 503: ['overloaded'] },
  });

export const PollPairingDocs = (): MethodDecorator =>
  applyDecorators(
    ApiSecurity(PAIRING_TOKEN),
    Documented({
      id: 'pollPairing',
      group: DEVICES,
      summary: 'Ask whether the code was typed, as the device that shows it',
      details:
        'Bears the pairing token. The answer that brings the device and its token comes once. A question within `interval` seconds of the last is answered 429.',
      answers: { 200: { description: 'pending, or paired', type: PairingStatusView } },
      problems: {
        400: ['invalid_token'],
        401: ['authentication_required'],
        429: ['too_many_requests'],
      },
    }),
  );

export const ClaimPairingDocs = (): MethodDecorator =>
  Documented({
    id: 'claimPairing',
    group: DEVICES,
    summary: 'Pair a device by the code that it shows',
    details: 'In any case. The device is the own one from now on, and the owner is mailed.',
    caller: 'session',
    body: ClaimPairingDto,
    answers: { 200: { description: 'the device', type: DeviceView } },
    problems: { 404: ['device_not_found'], 429: ['too_many_requests'] },
  });
