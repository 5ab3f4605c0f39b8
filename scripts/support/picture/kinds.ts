/** What a box is, as people tell them apart: its colours, and a line in the legend. */
export const KINDS = {
  entry: { says: 'way in, network', light: ['#dbeafe', '#2563eb'], dark: ['#172a4d', '#60a5fa'] },
  compute: { says: 'machine, container, function', light: ['#ffedd5', '#ea580c'], dark: ['#42240d', '#fb923c'] },
  queue: { says: 'messages', light: ['#f3e8ff', '#9333ea'], dark: ['#341a4f', '#c084fc'] },
  database: { says: 'database', light: ['#dcfce7', '#16a34a'], dark: ['#0f3a20', '#4ade80'] },
  storage: { says: 'files, images', light: ['#ecfccb', '#65a30d'], dark: ['#28380d', '#a3e635'] },
  security: { says: 'account, secret, rule', light: ['#ffe4e6', '#e11d48'], dark: ['#4a1522', '#fb7185'] },
  names: { says: 'names, certificates', light: ['#cffafe', '#0891b2'], dark: ['#0c3540', '#22d3ee'] },
  watch: { says: 'alert, schedule, build', light: ['#fef9c3', '#ca8a04'], dark: ['#3d3208', '#facc15'] },
  outside: { says: 'not ours', light: ['#f1f5f9', '#64748b'], dark: ['#273244', '#94a3b8'] },
} as const;

export type Kind = keyof typeof KINDS;
