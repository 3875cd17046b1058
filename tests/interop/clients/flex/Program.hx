import Cases.Case;
import Messages;
import flash.utils.ByteArray;
import haxe.crypto.Base64;
import haxe.io.Bytes;

/** Calls every case by Flex messages: ping, login, a RemotingMessage each, logout. **/
class Program {
	static final parameters:Dynamic = flash.Lib.current.loaderInfo.parameters;
	static final waiting = Cases.all(parameters.name, octets);
	static final channel = new Channel(parameters.url);
	static final stranger = new Channel(parameters.url, parameters.badToken);

	static function octets(values:Array<Int>):Dynamic {
		final bytes = new ByteArray();
		for (each in values)
			bytes.writeByte(each);
		return bytes;
	}

	static function main():Void {
		Messages.register();
		Report.cannot("instant-zone", "a Date has no zone");
		Report.cannot("instant-no-zone", "a Date is an instant");
		command(CommandMessage.PING, {}, logIn);
	}

	static function command(operation:Int, body:Dynamic, done:() -> Void):Void {
		final message = new CommandMessage(operation);
		message.body = body;
		channel.send(message, answer -> {
			if (Std.isOfType(answer, ErrorMessage))
				Report.fail('operation $operation: ${(cast answer : ErrorMessage).faultString}');
			else
				done();
		});
	}

	// [docs:login]
	static function logIn():Void {
		final login = Bytes.ofString('${parameters.username}:${parameters.password}');
		command(CommandMessage.LOGIN, Base64.encode(login), next);
	}

	static function logOut():Void {
		command(CommandMessage.LOGOUT, {}, callOnceMore);
	}
	// [docs:end]

	static function next():Void {
		final each = waiting.shift();
		if (each == null)
			return logOut();
		call(each.name == "fault-token" ? stranger : channel, each);
	}

	// [docs:call]
	static function call(channel:Channel, each:Case):Void {
		channel.send(new RemotingMessage(each.method, each.arguments), answer -> {
			if (Std.isOfType(answer, ErrorMessage))
				Report.fault(each.name, (cast answer : ErrorMessage).extendedData);
			else
				Report.value(each.name, answer.body);
			next();
		});
	}
	// [docs:end]

	/** The login has ended, so this is refused. **/
	static function callOnceMore():Void {
		channel.send(new RemotingMessage("interop_null", []), answer -> {
			if (Std.isOfType(answer, ErrorMessage))
				Report.end();
			else
				Report.fail("A call was answered after the logout");
		});
	}
}
