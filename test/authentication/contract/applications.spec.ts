import { startApplication, type TestApplication } from '../../support/application.js';
import { Matrix } from '../../support/matrix.js';
import { Estate } from '../features/applications/estate.js';

describe('every route of the OpenAPI document that reads a token refuses that of another realm', () => {
  let app: TestApplication;
  let matrix: Matrix;
  let estate: Estate;

  beforeAll(async () => {
    app = await startApplication();
    matrix = new Matrix(app);
    estate = await Estate.of(app);
  });
  afterAll(() => app.close());

  it("when a user of an application comes without the application's key", async () => {
    const { token } = await estate.person(await estate.application());
    expect(await matrix.ofRefused(() => app.as(token))).toEqual([]);
  });

  it("when a user comes with an application's key", async () => {
    const shop = await estate.application();
    expect(await matrix.ofRefused(() => estate.within(shop, estate.owner.token))).toEqual([]);
  });

  it('when a user of one application comes with the key of another', async () => {
    const { token } = await estate.person(await estate.application());
    const other = await estate.application();
    expect(await matrix.ofRefused(() => estate.within(other, token))).toEqual([]);
  });
});
