import Cases.Case;
import flash.events.NetStatusEvent;
import flash.net.NetConnection;
import flash.net.ObjectEncoding;
import flash.net.Responder;

/** Calls every case through NetConnection. What is called in one frame goes in one packet: fifteen calls at a time. **/
class Program {
	static inline final BATCH = 15;
	static final parameters:Dynamic = flash.Lib.current.loaderInfo.parameters;
	static final token = connectByToken(parameters.token);
	static final others = [
		"fault-token" => connectByToken(parameters.badToken),
		"password" => connectByPassword(parameters.username, parameters.password),
	];
	static final waiting = Cases.all(parameters.name, Cases.base64);
	static var pending = 0;

	// [docs:connect]
	static function connect():NetConnection {
		final connection = new NetConnection();
		connection.objectEncoding = ObjectEncoding.AMF0;
		connection.addEventListener(NetStatusEvent.NET_STATUS, event -> Report.fail(event.info.description));
		connection.connect(parameters.url);
		return connection;
	}

	/** A connection that sends a token with every packet. **/
	static function connectByToken(token:String):NetConnection {
		final connection = connect();
		connection.addHeader("wstoken", false, token);
		return connection;
	}

	/** A connection that sends a user name and a password with every packet. **/
	static function connectByPassword(username:String, password:String):NetConnection {
		final connection = connect();
		connection.addHeader("Credentials", false, {userid: username, password: password});
		return connection;
	}
	// [docs:end]

	// [docs:call]
	static function call(connection:NetConnection, each:Case):Void {
		final responder = new Responder(
			result -> answered(() -> Report.value(each.name, result)),
			status -> answered(() -> Report.fault(each.name, status)) // exception, errorcode, message, problems ...
		);
		final arguments:Array<Dynamic> = [each.method, responder];
		Reflect.callMethod(connection, connection.call, arguments.concat(each.arguments));
	}
	// [docs:end]

	static function answered(report:() -> Void):Void {
		report();
		if (--pending == 0)
			next();
	}

	static function next():Void {
		final batch = waiting.splice(0, BATCH);
		if (batch.length == 0)
			return Report.end();
		pending = batch.length;
		for (each in batch)
			call(others.exists(each.name) ? others[each.name] : token, each);
	}

	static function main():Void {
		Report.cannot("instant-zone", "a Date has no zone");
		Report.cannot("instant-no-zone", "a Date is an instant");
		next();
	}
}
