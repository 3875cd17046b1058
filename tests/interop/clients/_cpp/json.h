// Writes the lines that the runner reads. Every function gives JSON.
#pragma once

#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace json {

inline std::string quote(const std::string &text) {
  std::string quoted = "\"";
  for (unsigned char each : text) {
    if (each < 0x20 || each == '"' || each == '\\') {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", each);
      quoted += escape;
    } else {
      quoted += static_cast<char>(each);
    }
  }
  return quoted + "\"";
}

inline std::string quote(const std::string *text) { return text ? quote(*text) : "null"; }

inline std::string boolean(bool value) { return value ? "true" : "false"; }

inline std::string number(long long value) { return std::to_string(value); }

inline std::string number(double value) {
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

inline std::string object(std::initializer_list<std::pair<const char *, std::string>> members) {
  std::string joined;
  for (const auto &[name, value] : members) joined += (joined.empty() ? "" : ",") + quote(name) + ":" + value;
  return "{" + joined + "}";
}

template <class Items, class Form>
std::string list(const Items &items, Form form) {
  std::string joined;
  for (const auto &each : items) joined += (joined.empty() ? "" : ",") + form(each);
  return "[" + joined + "]";
}

inline std::string base64(const unsigned char *octets, int size) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (int at = 0; at < size; at += 3) {
    unsigned group = octets[at] << 16 | (at + 1 < size ? octets[at + 1] << 8 : 0) | (at + 2 < size ? octets[at + 2] : 0);
    text += digits[group >> 18];
    text += digits[group >> 12 & 63];
    text += at + 1 < size ? digits[group >> 6 & 63] : '=';
    text += at + 2 < size ? digits[group & 63] : '=';
  }
  return quote(text);
}

}  // namespace json
