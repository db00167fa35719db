const LIGHT = 'html:not(.dark-mode) .swagger-ui';
const DARK = 'html.dark-mode .swagger-ui';

/** Corrects the style of Swagger UI: more contrast (WCAG 2.2, 1.4.3), and nothing is cut off on a narrow screen. */
export const STYLE = `
.swagger-ui .topbar .link, .swagger-ui .servers-title, .swagger-ui .servers { display: none }
.swagger-ui .topbar-wrapper { justify-content: flex-end }
.swagger-ui .opblock .opblock-summary .view-line-link.copy-to-clipboard { width: 24px }
.swagger-ui .microlight span[style*="211, 99, 99"] { color: #f2a1a1 !important }
.swagger-ui .response-col_links { display: none }
.swagger-ui table.headers td { overflow-wrap: anywhere }
.swagger-ui .renderedMarkdown *, .swagger-ui .json-schema-2020-12__title { overflow-wrap: anywhere }
.swagger-ui .microlight code { white-space: pre-wrap !important; overflow-wrap: anywhere }
${LIGHT} .opblock-get .opblock-summary-method, ${LIGHT} .btn.execute { background: #1769c2 }
${LIGHT} .opblock-post .opblock-summary-method { background: #1b7f4f }
${LIGHT} .opblock-put .opblock-summary-method { background: #a35a00 }
${LIGHT} .opblock-patch .opblock-summary-method { background: #0f7a68 }
${LIGHT} .opblock-delete .opblock-summary-method { background: #c92a2a }
${LIGHT} .info .title small.version-stamp { background: #4a6a00 }
${LIGHT} .download-contents { background: #5f6473 }
${LIGHT} .info a { color: #1769c2 }
${LIGHT} .btn.authorize, ${LIGHT} .btn.authorize span { color: #1b7f4f }
${LIGHT} .btn.cancel { color: #c92a2a }
${LIGHT} .parameter__in, ${LIGHT} .json-schema-2020-12-expand-deep-button { color: #595959 }
${LIGHT} .renderedMarkdown code { color: #7a0bd9 }
${DARK} .header-col { color: #e4e6e6 }
${DARK} .opblock.opblock-put .opblock-section-header { background: #5f3622 }
${DARK} .opblock .opblock-section-header .try-out__btn.cancel { color: #ffb3b3 }
`;
