// Calls every case with xmlrpc-c.

// [docs:connect]
#include <xmlrpc-c/base.h>
#include <xmlrpc-c/client.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "values.h"

using std::string;

using Server = std::unique_ptr<xmlrpc_server_info, decltype(&xmlrpc_server_info_free)>;

/** The library sends no header of ours: the token goes into the address, which may show up in logs of proxies. */
Server connect(const string &url, const string &token) {
  Environment env;
  const string address = url + "/xmlrpc?wstoken=" + token;
  return Server(env.checked(xmlrpc_server_info_new(env, address.c_str())), xmlrpc_server_info_free);
}
// [docs:end]

// [docs:password]
Server connect(const string &url, const string &username, const string &password) {
  Environment env;
  Server server(xmlrpc_server_info_new(env, (url + "/xmlrpc").c_str()), xmlrpc_server_info_free);
  env.check();
  xmlrpc_server_info_set_user(env, server.get(), username.c_str(), password.c_str());
  xmlrpc_server_info_allow_auth_basic(env, server.get());
  env.check();
  return server;
}
// [docs:end]

// [docs:call]
/** The library's client; one a process is enough. */
class Client {
 public:
  Client() {
    Environment env;
    xmlrpc_limit_set(XMLRPC_XML_SIZE_LIMIT_ID, 16 * 1024 * 1024);  // an answer may hold 512 KiB otherwise
    xmlrpc_client_setup_global_const(env);
    xmlrpc_client_create(env, XMLRPC_CLIENT_NO_FLAGS, "interop", "1", nullptr, 0, &client_);
    env.check();
  }
  ~Client() {
    xmlrpc_client_destroy(client_);
    xmlrpc_client_teardown_global_const();
  }
  Client(const Client &) = delete;

  /** The result of a call by position. Throws, for a fault of the server's as well. */
  Value call(const Server &server, const string &function, const std::vector<Value> &arguments) {
    Environment env;
    xmlrpc_value *result = nullptr;
    xmlrpc_client_call2(env, client_, server.get(), function.c_str(), list(arguments).get(), &result);
    return Value(env.checked(result));
  }

 private:
  xmlrpc_client *client_ = nullptr;
};
// [docs:end]

// [docs:fault]
/** The parts of a faultString: the message (under no name), then labelled parts, those that are empty left out. */
std::map<string, string> fault_parts(string text) {
  const string added = "RPC failed at server.  ";  // by the library
  if (text.rfind(added, 0) == 0) text.erase(0, added.size());
  std::map<string, string> parts;
  for (size_t start = 0, end; start <= text.size(); start = end + 3) {
    end = std::min(text.find(" | ", start), text.size());
    const string part = text.substr(start, end - start);
    const size_t colon = start ? part.find(": ") : string::npos;
    if (colon == string::npos) {
      parts[""] = part;
    } else {
      parts[part.substr(0, colon)] = part.substr(colon + 2);
    }
  }
  return parts;
}
// [docs:end]

namespace {

string environment(const char *name) { return std::getenv(name); }

string fault(const string &text) {
  auto parts = fault_parts(text);
  const string problems = parts["PROBLEMS"];  // which is JSON
  return json::object({
      {"message", json::quote(parts[""])},
      {"exception", json::quote(parts["EXCEPTION"])},
      {"errorcode", json::quote(parts["ERRORCODE"])},
      {"cause", json::quote(parts["DEBUG INFO"])},
      {"problems", problems.empty() ? "[]" : problems},
      {"request_id", json::quote(parts["REQUEST"])},
  });
}

void print(const string &name, const char *outcome, const string &value) {
  std::cout << json::object({{"case", json::quote(name)}, {outcome, value}}) << std::endl;
}

/** Calls cases on one server. */
class Shows {
 public:
  Shows(Client &client, Server server) : client_(client), server_(std::move(server)) {}

  void operator()(const string &name, const string &function, const std::vector<Value> &arguments) {
    try {
      print(name, "value", to_json(client_.call(server_, function, arguments)));
    } catch (const std::runtime_error &error) {
      const string said = error.what();
      if (said.find(" | ERRORCODE: ") == string::npos) throw;
      print(name, "fault", fault(said));
    }
  }

 private:
  Client &client_;
  Server server_;
};

Value course(int id, const string &name, const std::vector<Value> &tags) {
  return structure({{"id", integer(id)}, {"name", text(name)}, {"tags", list(tags)}});
}

constexpr time_t NOON = 1772366400;  // 2026-03-01T12:00:00Z

Value ada() {
  return structure({
      {"id", integer(1)},
      {"username", text("ada")},
      {"email", text("ada@example.org")},
      {"active", boolean(true)},
      {"joined", instant(NOON, 123000)},
      {"courses", list({course(1, "Algebra & <Logic>", {text("a"), text("b")}), course(2, "Rhetoric", {})})},
  });
}

Value bob() { return structure({{"username", text("bob")}, {"active", boolean(false)}, {"courses", list({})}}); }

Value many(int number) {
  const string id = std::to_string(number);
  return structure({
      {"id", integer(number)},
      {"username", text("user" + id)},
      {"email", text("user" + id + "@example.org")},
      {"active", boolean(number % 2 == 0)},
      {"courses", list({course(number, "Course " + id, {text("x"), text("y")})})},
  });
}

Value account(const string &username, const string &email) {
  return structure({{"username", text(username)}, {"email", text(email)}});
}

void show_numbers(Shows &show) {
  show("int", "interop_echo_int", {integer(std::numeric_limits<long long>::max())});
  show("int-small", "interop_echo_int", {integer(-5)});
  show("int-5", "interop_echo_int", {integer(5)});
  show("int-32-bits", "interop_echo_int", {integer(std::numeric_limits<int>::min())});
  show("int-33-bits", "interop_echo_int", {integer(2147483648LL)});
  show("int-54-bits", "interop_echo_int", {integer(9007199254740993LL)});
  show("int32", "interop_echo_int32", {integer(std::numeric_limits<int>::min())});
  show("double", "interop_echo_double", {number(0.1)});
  show("double-1.5", "interop_echo_double", {number(1.5)});
  show("double-minus-0", "interop_echo_double", {number(-0.0)});
  show("decimal", "interop_echo_decimal", {text("12345678901234567890.12")});
  show("decimal-1.50", "interop_echo_decimal", {text("1.50")});
  show("decimal-1E+3", "interop_echo_decimal", {text("1000")});
  show("bool", "interop_echo_bool", {boolean(true)});
  show("bool-false", "interop_echo_bool", {boolean(false)});
}

void show_texts(Shows &show) {
  show("text", "interop_echo_text", {text("é€<b>&amp;\"'`]]>\tend")});
  show("text-markup", "interop_echo_text", {text("a<b>&c")});
  show("text-crlf", "interop_echo_text", {text("a\r\nb")});
  show("text-blanks", "interop_echo_text", {text("  a  b  ")});
  show("text-empty", "interop_echo_text", {text("")});
  show("text-illegal", "interop_illegal_text", {});
  show("day", "interop_echo_day", {text("2026-03-01")});
  show("choice", "interop_echo_level", {text("high")});
  show("choice-low", "interop_echo_level", {text("low")});
}

/** The library knows no characters beyond the Basic Multilingual Plane. */
void show_emoji(Shows &show) {
  try {
    show("text-emoji", "interop_echo_text", {text("a😀b")});
  } catch (const std::runtime_error &error) {
    print("text-emoji", "cannot", json::quote(string(error.what())));
  }
}

void show_instants(Shows &show) {
  show("instant", "interop_echo_instant", {instant(NOON, 123000)});
  show("instant-whole", "interop_echo_instant", {instant(NOON, 0)});
  show("instant-no-zone", "interop_echo_instant", {instant(NOON, 123000)});  // it writes none
  show("instant-micros", "interop_echo_instant", {instant(NOON, 123456)});
  print("instant-zone", "cannot", json::quote("its instants have no zone"));
}

void show_octets(Shows &show) {
  std::vector<unsigned char> all;
  for (int each = 0; each < 256; ++each) all.push_back(static_cast<unsigned char>(each));
  show("bytes", "interop_echo_bytes", {octets(all)});
  show("bytes-2", "interop_echo_bytes", {octets({0, 255})});
}

void show_optionals(Shows &show) {
  show("optional-omitted", "interop_optional", {text("x")});
  show("optional-nil", "interop_optional", {text("x"), nil(), nil(), nil(), nil()});
  const Value named = structure(
      {{"a", text("x")}, {"b", integer(1)}, {"c", text("y")}, {"d", integer(0)}, {"e", list({integer(3)})}});
  show("optional-given", "interop_optional", {named});
  show("void", "interop_void", {text("x")});
  show("null", "interop_null", {});
}

void show_structures(Shows &show) {
  show("list", "interop_echo_numbers", {list({integer(1), integer(-2), integer(3)})});
  show("list-one", "interop_echo_numbers", {list({integer(1)})});
  show("list-texts", "interop_echo_texts", {list({text("a"), text(""), text("b & c")})});
  show("list-empty", "interop_echo_numbers", {list({})});
  show("struct", "interop_echo_person", {ada()});
  show("struct-absent", "interop_echo_person", {bob()});
  show("struct-default", "interop_echo_person", {structure({{"username", text("cal")}, {"courses", list({})}})});
  show("structs", "interop_echo_people", {list({ada(), bob()})});
  std::vector<Value> crowd;
  for (int number = 0; number < 500; ++number) crowd.push_back(many(number));
  show("structs-500", "interop_echo_people", {list(crowd)});
}

void show_faults(Shows &show) {
  const Value accounts = list({account("Bad Name", "a@example.org"), account("good", "nowhere")});
  show("fault-problems", "interop_accounts", {accounts});
  show("fault-declared", "interop_fault", {text("an hour & a <half>")});
}

void show_shipped(Shows &show) {
  const string username = environment("GATEWAY_NAME") + ".jane";
  const Value jane = structure({
      {"username", text(username)},
      {"password", text("Corr3ct-horse")},
      {"firstname", text("Jane")},
      {"lastname", text("Doe & Søn")},
      {"email", text(username + "@example.org")},
      {"city", text("Perth")},
  });
  show("site-info", "core_webservice_get_site_info", {});
  show("create-users", "core_user_create_users", {list({jane})});
  show("get-users", "core_user_get_users_by_field", {text("username"), list({text("user01"), text("nobody")})});
  const Value criteria = list({
      structure({{"key", text("username")}, {"value", text("user02")}}),
      structure({{"key", text("lastname")}, {"value", text("lind%")}}),
  });
  show("find-users", "core_user_get_users", {criteria});
  show("update-users", "core_user_update_users", {list({structure({{"id", integer(21)}, {"city", text("Perth")}})})});
  show("delete-users", "core_user_delete_users", {list({integer(999999)})});
}

Value inner_call(const string &function, const std::vector<Value> &arguments) {
  return structure({{"methodName", text(function)}, {"params", list(arguments)}});
}

void show_system(Shows &show) {
  const Value calls =
      list({inner_call("interop_echo_int", {integer(5)}), inner_call("interop_echo_text", {text("tea")})});
  show("methods", "system.listMethods", {});
  show("method-signature", "system.methodSignature", {text("interop_optional")});
  show("multicall", "system.multicall", {calls});
}

}  // namespace

int main() {
  Client client;
  const string url = environment("GATEWAY_URL");
  Shows show(client, connect(url, environment("GATEWAY_TOKEN")));
  show_numbers(show);
  show_texts(show);
  show_emoji(show);
  show_instants(show);
  show_octets(show);
  show_optionals(show);
  show_structures(show);
  show_faults(show);
  Shows(client, connect(url, environment("GATEWAY_BAD_TOKEN")))("fault-token", "interop_echo_int", {integer(1)});
  Shows by_password(client, connect(url, environment("GATEWAY_USER"), environment("GATEWAY_PASSWORD")));
  by_password("password", "interop_echo_int", {integer(1)});
  show_shipped(show);
  show_system(show);
}
