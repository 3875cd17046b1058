// The values of xmlrpc-c, whose interface is C's: made, read, and released in time.
#pragma once

#include <xmlrpc-c/base.h>

#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "json.h"

/** Where the library says what went wrong: a fault of the server's, or any other error. */
class Environment {
 public:
  Environment() { xmlrpc_env_init(&env_); }
  ~Environment() { xmlrpc_env_clean(&env_); }
  Environment(const Environment &) = delete;

  operator xmlrpc_env *() { return &env_; }

  void check() const {
    if (env_.fault_occurred) throw std::runtime_error(env_.fault_string);
  }

  template <class Result>
  Result checked(Result result) const {
    check();
    return result;
  }

 private:
  xmlrpc_env env_;
};

/** A value, released with its last owner. */
class Value {
 public:
  explicit Value(xmlrpc_value *own) : own_(own) {}
  Value(const Value &other) : own_(other.own_) { xmlrpc_INCREF(own_); }
  ~Value() { xmlrpc_DECREF(own_); }
  Value &operator=(const Value &) = delete;

  xmlrpc_value *get() const { return own_; }

 private:
  xmlrpc_value *own_;
};

// [docs:types]
inline Value integer(int value) {
  Environment env;
  return Value(env.checked(xmlrpc_int_new(env, value)));
}

inline Value integer(long long value) {
  Environment env;
  return Value(env.checked(xmlrpc_i8_new(env, value)));
}

inline Value text(const std::string &value) {
  Environment env;
  return Value(env.checked(xmlrpc_string_new_lp_cr(env, value.size(), value.data())));  // keeps carriage returns
}

inline Value instant(time_t seconds, unsigned microseconds) {
  Environment env;
  return Value(env.checked(xmlrpc_datetime_new_usec(env, seconds, microseconds)));  // in UTC
}

inline Value nil() {
  Environment env;
  return Value(env.checked(xmlrpc_nil_new(env)));
}
// [docs:end]

inline Value boolean(bool value) {
  Environment env;
  return Value(env.checked(xmlrpc_bool_new(env, value)));
}

inline Value number(double value) {
  Environment env;
  return Value(env.checked(xmlrpc_double_new(env, value)));
}

inline Value octets(const std::vector<unsigned char> &value) {
  Environment env;
  return Value(env.checked(xmlrpc_base64_new(env, value.size(), value.data())));
}

inline Value list(const std::vector<Value> &items) {
  Environment env;
  Value made(env.checked(xmlrpc_array_new(env)));
  for (const Value &each : items) xmlrpc_array_append_item(env, made.get(), each.get());
  return env.checked(made);
}

inline Value structure(const std::vector<std::pair<const char *, Value>> &members) {
  Environment env;
  Value made(env.checked(xmlrpc_struct_new(env)));
  for (const auto &[name, value] : members) xmlrpc_struct_set_value(env, made.get(), name, value.get());
  return env.checked(made);
}

/** Reads a number with one of the library's functions. */
template <class Number, class Read>
Number read(xmlrpc_value *value, Read function) {
  Environment env;
  Number found{};
  function(env, value, &found);
  return env.checked(found);
}

inline std::string read_text(xmlrpc_value *value) {
  Environment env;
  size_t length = 0;
  const char *found = nullptr;
  xmlrpc_read_string_lp(env, value, &length, &found);
  const std::string copy(env.checked(found), length);
  std::free(const_cast<char *>(found));
  return copy;
}

inline std::string read_base64(xmlrpc_value *value) {
  Environment env;
  size_t length = 0;
  const unsigned char *found = nullptr;
  xmlrpc_read_base64(env, value, &length, &found);
  const std::string written = json::base64(env.checked(found), static_cast<int>(length));
  std::free(const_cast<unsigned char *>(found));
  return written;
}

inline std::string read_instant(xmlrpc_value *value) {
  const auto seconds = read<time_t>(value, xmlrpc_read_datetime_sec);
  char found[32];
  std::strftime(found, sizeof found, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&seconds));
  return found;
}

inline std::vector<Value> read_items(xmlrpc_value *value) {
  Environment env;
  std::vector<Value> items;
  const int size = env.checked(xmlrpc_array_size(env, value));
  for (int at = 0; at < size; ++at) {
    xmlrpc_value *item = nullptr;
    xmlrpc_array_read_item(env, value, at, &item);
    items.emplace_back(env.checked(item));
  }
  return items;
}

inline std::vector<std::pair<std::string, Value>> read_members(xmlrpc_value *value) {
  Environment env;
  std::vector<std::pair<std::string, Value>> members;
  const int size = env.checked(xmlrpc_struct_size(env, value));
  for (int at = 0; at < size; ++at) {
    xmlrpc_value *name = nullptr, *member = nullptr;
    xmlrpc_struct_read_member(env, value, at, &name, &member);
    env.check();
    members.emplace_back(read_text(Value(name).get()), Value(member));
  }
  return members;
}

/** A value as JSON. */
inline std::string to_json(const Value &value) {
  xmlrpc_value *const own = value.get();
  switch (xmlrpc_value_type(own)) {
    case XMLRPC_TYPE_INT:
      return std::to_string(read<int>(own, xmlrpc_read_int));
    case XMLRPC_TYPE_I8:
      return std::to_string(read<xmlrpc_int64>(own, xmlrpc_read_i8));
    case XMLRPC_TYPE_BOOL:
      return json::boolean(read<xmlrpc_bool>(own, xmlrpc_read_bool));
    case XMLRPC_TYPE_DOUBLE:
      return json::number(read<double>(own, xmlrpc_read_double));
    case XMLRPC_TYPE_DATETIME:
      return json::quote(read_instant(own));
    case XMLRPC_TYPE_STRING:
      return json::quote(read_text(own));
    case XMLRPC_TYPE_BASE64:
      return read_base64(own);
    case XMLRPC_TYPE_ARRAY:
      return json::list(read_items(own), to_json);
    case XMLRPC_TYPE_STRUCT: {
      const std::string members = json::list(
          read_members(own), [](const auto &each) { return json::quote(each.first) + ":" + to_json(each.second); });
      return "{" + members.substr(1, members.size() - 2) + "}";
    }
    default:
      return "null";
  }
}
