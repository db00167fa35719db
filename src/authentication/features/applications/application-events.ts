declare module '../../core/events/user-events.js' {
  interface UserFacts {
    application_created: true;
    application_deleted: true;
    api_key_issued: true;
  }
}

export {};
