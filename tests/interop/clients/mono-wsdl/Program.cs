using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using System.Web.Services.Protocols;
using System.Xml;
using Stubs;

namespace manifold.api {
}

// [docs:connect]
/// <summary>The proxy that wsdl.exe made, with an Authorization header in every request.</summary>
public sealed class Gateway : ManifoldService {
    private readonly string authorization;

    public Gateway(string authorization) {
        this.authorization = authorization;
        Url = Environment.GetEnvironmentVariable("GATEWAY_URL") + "/soap";
        if (Environment.GetEnvironmentVariable("SPEAK_SOAP12") != null) {
            SoapVersion = SoapProtocolVersion.Soap12;
        }
    }

    protected override WebRequest GetWebRequest(Uri uri) {
        var request = base.GetWebRequest(uri);
        request.Headers["Authorization"] = authorization;
        return request;
    }
}
// [docs:end]

public static partial class Program {
    // [docs:authenticate]
    private static Gateway Connect(string token) {
        return new Gateway("Bearer " + token);
    }

    private static Gateway ConnectWithPassword() {
        var user = Environment.GetEnvironmentVariable("GATEWAY_USER");
        var pair = Encoding.UTF8.GetBytes(user + ":" + Environment.GetEnvironmentVariable("GATEWAY_PASSWORD"));
        return new Gateway("Basic " + Convert.ToBase64String(pair));
    }
    // [docs:end]

    // [docs:fault]
    /// <summary>The detail comes as XML: wsdl.exe makes no type of it.</summary>
    private static void ReadFault(Exception error, IDictionary<string, object> line) {
        var fault = error as SoapException;
        if (fault == null) {
            line["cannot"] = error.ToString();
            return;
        }
        var detail = fault.Detail["apiFault"];
        var problems = detail["problems"] == null ? new XmlElement[0] : detail["problems"].OfType<XmlElement>();
        line["fault"] = Json.Struct(
            "message", fault.Message,
            "exception", detail["exception"].InnerText,
            "errorcode", detail["errorcode"].InnerText,
            "cause", detail["cause"] == null ? null : detail["cause"].InnerText,
            "problems", problems.Select(ReadProblem),
            "request_id", detail["request_id"].InnerText);
    }

    private static object ReadProblem(XmlElement problem) {
        return Json.Struct("path", problem["path"].InnerText, "problem", problem["problem"].InnerText);
    }
    // [docs:end]

    private static long[] Longs(params long[] values) {
        return values;
    }

    private static string[] Strings(params string[] values) {
        return values;
    }

    /// <summary>An optional value parameter has a flag beside it: without it, it is not sent.</summary>
    private static string Optional(Gateway port, string a, long? b, string c, long? d, long[] e) {
        return port.interop_optional(a, b, b != null, c, d, d != null, e);
    }

    private static string OptionalNil(Gateway port) {
        return port.interop_optional("x", null, true, null, null, true, null);
    }
}
