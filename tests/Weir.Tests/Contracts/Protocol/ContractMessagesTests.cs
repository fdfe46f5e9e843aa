// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Approvals;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Json;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Tests.Contracts.Signing;

namespace Weir.Tests.Contracts.Protocol;

/// <summary>Property: of every message between processes, every list and map refuses null, every time and epoch what is
/// outside the calendar, and every member null that is not said to be one; and whatever else octets become, they are
/// read or refused, and nothing else is thrown.</summary>
public sealed class ContractMessagesTests
{
    private static readonly JsonSerializerContext[] All =
    [
        DeskJson.Default, StoreJson.Default, VaultJson.Default, RecordJson.Default, ForwardingJson.Default,
        EventContext.Default, GrantContext.Default, CustomerActContext.Default, ApprovalContext.Default,
        ScopeOrderContext.Default,
    ];

    public static TheoryData<string> Messages =>
        [.. Types().Select(one => one.Type.FullName!).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_refused_with_a_null_or_a_time_in_it_that_is_none(string message)
    {
        var (type, options) = Types().First(one => one.Type.FullName == message);
        var info = options.GetTypeInfo(type);
        var sample = Sample(info, 0)!;
        Assert.Null(Read(sample, info));
        foreach (var (path, wrong) in Wrongs(info, "$", 0))
        {
            var broken = Put(sample, path, wrong);
            var fault = Read(broken, info);
            Assert.True(fault is JsonException, $"{message} {path} = {wrong?.ToJsonString() ?? "null"}: {fault}");
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Whatever_octets_become_they_are_read_or_refused(string message)
    {
        var (type, options) = Types().First(one => one.Type.FullName == message);
        var info = options.GetTypeInfo(type);
        var right = Encoding.UTF8.GetBytes(Sample(info, 0)!.ToJsonString());
        var random = new Random(7);
        string[] words = ["null", "[null]", "{}", "1e999", "\"\\uD800\"", "-1", "9223372036854775807"];
        for (var i = 0; i < 200; i++)
        {
            var octets = (byte[])right.Clone();
            for (var j = random.Next(1, 4); j > 0; j--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            var at = random.Next(right.Length);
            var word = Encoding.UTF8.GetBytes(words[random.Next(words.Length)]);
            Allowed(Read(octets, info));
            Allowed(Read([.. right[..at], .. word, .. right[Math.Min(right.Length, at + word.Length)..]], info));
        }

        static void Allowed(Exception? fault) => Assert.True(
            fault is null or JsonException or FormatException or ArgumentException, fault?.ToString());
    }

    private static IEnumerable<(Type Type, JsonSerializerOptions Options)> Types() =>
        from one in All
        from attribute in one.GetType().GetCustomAttributesData()
        where attribute.AttributeType == typeof(JsonSerializableAttribute)
        let type = (Type)attribute.ConstructorArguments[0].Value!
        where type.IsClass
        select (type, one.Options);

    /// <summary>What is to be refused at each place: a path such as <c>$.orders.0.fromMs</c>, and what is put there.
    /// </summary>
    private static IEnumerable<(string Path, JsonNode? Wrong)> Wrongs(JsonTypeInfo info, string path, int depth)
    {
        if (depth > 6)
        {
            yield break;
        }

        if (info.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
        {
            var element = info.Options.GetTypeInfo(info.ElementType!);
            var inner = $"{path}.{(info.Kind == JsonTypeInfoKind.Enumerable ? "0" : "a")}";
            yield return (inner, null);
            foreach (var one in Wrongs(element, inner, depth + 1))
            {
                yield return one;
            }
        }

        foreach (var property in info.Kind == JsonTypeInfoKind.Object ? info.Properties : [])
        {
            var inner = $"{path}.{property.Name}";
            var bare = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (property.Set is null && property.AssociatedParameter is null)
            {
                continue;
            }

            if (!(property.AssociatedParameter?.IsNullable ?? property.IsSetNullable) && !bare.IsValueType)
            {
                yield return (inner, null);
            }

            if (bare == typeof(long) && property.Name.EndsWith("Ms", StringComparison.Ordinal))
            {
                yield return (inner, long.MaxValue);
                yield return (inner, long.MinValue);
            }
            else if (bare == typeof(uint) && property.Name.EndsWith("epoch", StringComparison.OrdinalIgnoreCase))
            {
                yield return (inner, uint.MaxValue);
            }
            else if (bare == typeof(DateTimeOffset))
            {
                yield return (inner, "9999-12-31T23:59:59Z");
                yield return (inner, "0001-01-01T00:00:00Z");
            }

            foreach (var one in Wrongs(info.Options.GetTypeInfo(property.PropertyType), inner, depth + 1))
            {
                yield return one;
            }
        }
    }

    private static JsonNode? Sample(JsonTypeInfo info, int depth)
    {
        var bare = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        return depth > 8 ? null
            : info.Kind == JsonTypeInfoKind.Enumerable
                ? new JsonArray(Sample(info.Options.GetTypeInfo(info.ElementType!), depth + 1))
            : info.Kind == JsonTypeInfoKind.Dictionary
                ? new JsonObject { ["a"] = Sample(info.Options.GetTypeInfo(info.ElementType!), depth + 1) }
            : info.Kind == JsonTypeInfoKind.Object ? new JsonObject(info.Properties
                .Where(property => property.Set is not null || property.AssociatedParameter is not null)
                .Select(property => KeyValuePair.Create(
                    property.Name, Sample(info.Options.GetTypeInfo(property.PropertyType), depth + 1))))
            : bare == typeof(string) ? "a"
            : bare == typeof(bool) ? true
            : bare == typeof(DateTimeOffset) ? "2026-03-01T00:00:00Z"
            : bare == typeof(byte[]) ? ""
            : bare == typeof(Envelope)
                ? JsonNode.Parse(EnvelopeJson.Format(EnvelopeTests.KeyOf(1).Sign("event", 1, "x"u8)))
            : bare.IsEnum
                ? JsonSerializer.SerializeToNode(Enum.GetValues(bare).GetValue(0), info.Options.GetTypeInfo(bare))
            : bare.IsPrimitive ? JsonValue.Create(1)
            : JsonSerializer.SerializeToNode(Activator.CreateInstance(bare), info.Options.GetTypeInfo(bare));
    }

    private static JsonNode Put(JsonNode sample, string path, JsonNode? wrong)
    {
        var copy = sample.DeepClone();
        var names = path.Split('.')[1..];
        var at = copy;
        foreach (var name in names[..^1])
        {
            at = at is JsonArray list ? list[int.Parse(name)]! : at[name]!;
        }

        if (at is JsonArray last)
        {
            last[int.Parse(names[^1])] = wrong?.DeepClone();
        }
        else
        {
            at[names[^1]] = wrong?.DeepClone();
        }

        return copy;
    }

    private static Exception? Read(JsonNode json, JsonTypeInfo info) =>
        Read(Encoding.UTF8.GetBytes(json.ToJsonString()), info);

    private static Exception? Read(byte[] octets, JsonTypeInfo info)
    {
        try
        {
            _ = typeof(ContractMessagesTests).GetMethod(nameof(ReadAs), BindingFlags.Static | BindingFlags.NonPublic)!
                .MakeGenericMethod(info.Type).Invoke(null, [octets, info]);
            return null;
        }
        catch (TargetInvocationException thrown)
        {
            return thrown.InnerException;
        }
    }

    private static T ReadAs<T>(byte[] octets, JsonTypeInfo<T> info)
        where T : class => StrictJson.Read(octets, info);
}
