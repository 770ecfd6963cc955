// The emoji short names that bots use most. An unknown name stays as it was typed, which is also what Slack does.

const NAMES = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", warning: "⚠️", no_entry: "⛔",
  no_entry_sign: "🚫", rotating_light: "🚨", bell: "🔔", no_bell: "🔕", fire: "🔥", star: "⭐", star2: "🌟", sparkles: "✨", tada: "🎉",
  rocket: "🚀", eyes: "👀", wave: "👋", "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", clap: "👏", raised_hands: "🙌",
  pray: "🙏", handshake: "🤝", muscle: "💪", point_right: "👉", point_up: "☝️", telephone: "☎️", telephone_receiver: "📞",
  phone: "☎️", iphone: "📱", email: "✉️", envelope: "✉️", incoming_envelope: "📨", inbox_tray: "📥", outbox_tray: "📤", mailbox: "📫",
  calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️", clock1: "🕐", alarm_clock: "⏰", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  stopwatch: "⏱️", zzz: "💤", moneybag: "💰", dollar: "💵", euro: "💶", chart_with_upwards_trend: "📈",
  chart_with_downwards_trend: "📉", bar_chart: "📊", trophy: "🏆", dart: "🎯", bulb: "💡", memo: "📝", pencil: "📝", pencil2: "✏️",
  clipboard: "📋", paperclip: "📎", link: "🔗", lock: "🔒", unlock: "🔓", key: "🔑", mag: "🔍", gear: "⚙️", wrench: "🔧", hammer: "🔨",
  speech_balloon: "💬", thinking_face: "🤔", slightly_smiling_face: "🙂", smile: "😄", grinning: "😀", heart: "❤️", green_heart: "💚",
  large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", red_circle: "🔴", large_blue_circle: "🔵",
  white_circle: "⚪", black_circle: "⚫", arrow_right: "➡️", arrow_up: "⬆️", arrow_down: "⬇️", arrow_upper_right: "↗️",
  arrow_lower_right: "↘️", arrows_counterclockwise: "🔄", leftwards_arrow_with_hook: "↩️", information_source: "ℹ️", question: "❓",
  exclamation: "❗", bust_in_silhouette: "👤", busts_in_silhouette: "👥", office: "🏢", earth_africa: "🌍", globe_with_meridians: "🌐",
  seedling: "🌱", snowflake: "❄️", thermometer: "🌡️", wastebasket: "🗑️", crown: "👑", medal: "🏅", vertical_traffic_light: "🚦",
  robot_face: "🤖", ghost: "👻", one: "1️⃣", two: "2️⃣", three: "3️⃣",
};

export function emoji(name) {
  return NAMES[name.split("::")[0]] ?? `:${name}:`;
}

export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => NAMES[name] ?? whole);
}
