using System;
using System.Collections.Generic;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.ServiceModel.Description;
using System.ServiceModel.Dispatcher;
using System.Text;
using manifold.api;

// [docs:authorization]
/// <summary>Puts an Authorization header into every request.</summary>
public sealed class Authorization : IEndpointBehavior, IClientMessageInspector {
    private readonly string value;

    public Authorization(string value) {
        this.value = value;
    }

    public object BeforeSendRequest(ref Message request, IClientChannel channel) {
        var http = new HttpRequestMessageProperty();
        http.Headers["Authorization"] = value;
        request.Properties[HttpRequestMessageProperty.Name] = http;
        return null;
    }

    public void AfterReceiveReply(ref Message reply, object state) {
    }

    public void ApplyClientBehavior(ServiceEndpoint endpoint, ClientRuntime runtime) {
        runtime.MessageInspectors.Add(this);
    }

    public void AddBindingParameters(ServiceEndpoint endpoint, BindingParameterCollection parameters) {
    }

    public void ApplyDispatchBehavior(ServiceEndpoint endpoint, EndpointDispatcher dispatcher) {
    }

    public void Validate(ServiceEndpoint endpoint) {
    }
}
// [docs:end]

public static partial class Program {
    // [docs:connect]
    private static ManifoldPortTypeClient Connect(string token) {
        return Open(new Authorization("Bearer " + token));
    }

    private static ManifoldPortTypeClient ConnectWithPassword() {
        var user = Environment.GetEnvironmentVariable("GATEWAY_USER");
        var pair = Encoding.UTF8.GetBytes(user + ":" + Environment.GetEnvironmentVariable("GATEWAY_PASSWORD"));
        return Open(new Authorization("Basic " + Convert.ToBase64String(pair)));
    }

    private static ManifoldPortTypeClient Open(Authorization authorization) {
        var address = new EndpointAddress(Environment.GetEnvironmentVariable("GATEWAY_URL") + "/soap");
        var binding = new BasicHttpBinding { MaxReceivedMessageSize = 10000000 };
        var client = new ManifoldPortTypeClient(binding, address);
        client.Endpoint.Behaviors.Add(authorization);
        return client;
    }
    // [docs:end]

    /// <summary>mono's WCF makes no FaultContract and reads no detail but its own: a fault's is out of reach.</summary>
    private static void ReadFault(Exception error, IDictionary<string, object> line) {
        line["cannot"] = error.Message;
    }

    private static ArrayOfLong Longs(params long[] values) {
        var array = new ArrayOfLong();
        array.AddRange(values);
        return array;
    }

    private static ArrayOfString Strings(params string[] values) {
        var array = new ArrayOfString();
        array.AddRange(values);
        return array;
    }

    private static string Optional(ManifoldPortTypeClient port, string a, long? b, string c, long? d, ArrayOfLong e) {
        return port.interop_optional(a, b, c, d, e);
    }

    private static string OptionalNil(ManifoldPortTypeClient port) {
        return port.interop_optional("x", null, null, null, null);
    }
}
