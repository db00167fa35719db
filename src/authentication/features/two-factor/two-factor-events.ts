declare module '../../core/events/user-events.js' {
  interface UserFacts {
    two_factor_enabled: true;
    two_factor_disabled: true;
    recovery_codes_renewed: true;
    recovery_code_used: true;
    second_factor_failed: true;
    second_factor_held_up: true;
  }
}

export {};
