/** What every message of Flex's remoting holds. **/
class Message {
	public var body:Dynamic = {};
	public var clientId:String;
	public var destination:String = "";
	public var headers:Dynamic = {};
	public var messageId:String;
	public var timeToLive:Float = 0;
	public var timestamp:Float = 0;

	public function new() {
		messageId = uuid();
	}

	static function uuid():String {
		final hex = (digits:Int) -> [for (_ in 0...digits) StringTools.hex(Std.random(16))].join("");
		return [8, 4, 4, 4, 12].map(hex).join("-");
	}
}

/** Says what goes on with the channel: see the operations. **/
class CommandMessage extends Message {
	public static inline final PING = 5;
	public static inline final LOGIN = 8;
	public static inline final LOGOUT = 9;

	public var correlationId:String = "";
	public var operation:Int;

	public function new(operation:Int) {
		super();
		this.operation = operation;
	}
}

/** Calls a function. **/
class RemotingMessage extends Message {
	public var operation:String;
	public var source:String;

	public function new(operation:String, arguments:Array<Dynamic>) {
		super();
		this.operation = operation;
		body = arguments;
	}
}

/** Answers a message. **/
class AcknowledgeMessage extends Message {
	public var correlationId:String;
}

/** Answers a message with a fault; `extendedData` holds all its members. **/
class ErrorMessage extends AcknowledgeMessage {
	public var extendedData:Dynamic;
	public var faultCode:String;
	public var faultDetail:String;
	public var faultString:String;
	public var rootCause:Dynamic;
}

class Messages {
	// [docs:register]
	static final NAMES:Map<String, Class<Message>> = [
		"CommandMessage" => CommandMessage,
		"RemotingMessage" => RemotingMessage,
		"AcknowledgeMessage" => AcknowledgeMessage,
		"ErrorMessage" => ErrorMessage,
	];

	/** Gives the messages the names that they have on the wire. **/
	public static function register():Void {
		for (name => type in NAMES)
			untyped __global__["flash.net.registerClassAlias"]('flex.messaging.messages.$name', type);
	}
	// [docs:end]
}
