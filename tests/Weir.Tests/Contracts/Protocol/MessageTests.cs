// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Approvals;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;

namespace Weir.Tests.Contracts.Protocol;

/// <summary>Every message between processes, as its context lists it: what is not of its schema is no message.</summary>
public sealed class MessageTests
{
    private static readonly JsonSerializerContext[] Contexts =
    [
        DeskJson.Default, StoreJson.Default, VaultJson.Default, RecordJson.Default, ForwardingJson.Default,
        EventContext.Default, GrantContext.Default, CustomerActContext.Default, ApprovalContext.Default,
        ScopeOrderContext.Default,
    ];

    public static TheoryData<string, string> Messages
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var context in Contexts)
            {
                foreach (var type in TypesOf(context))
                {
                    rows.Add(context.GetType().Name, type.FullName!);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_with_a_member_of_tomorrow_or_without_one_of_its_own_is_refused(string context, string name)
    {
        var known = Contexts.Single(one => one.GetType().Name == context);
        var type = TypesOf(known).Single(one => one.FullName == name);
        var json = known.GetTypeInfo(type)!;
        Assert.Equal(JsonTypeInfoKind.Object, json.Kind);

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"memberOfTomorrow":1}""", json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("[]", json));
        foreach (var member in json.Properties.Where(one => one.IsRequired))
        {
            var others = json.Properties.Where(one => one != member).Select(one => $"\"{one.Name}\":null");
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize($"{{{string.Join(',', others)}}}", json));
        }

        var needed = type.GetConstructors().SelectMany(one => one.GetParameters()).Where(one => !one.HasDefaultValue);
        if (json.Properties.Count > 0 && needed.Any(one => one.ParameterType != type))
        {
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("{}", json));
        }
    }

    private static IEnumerable<Type> TypesOf(JsonSerializerContext context) => context.GetType()
        .GetCustomAttributesData().Where(one => one.AttributeType == typeof(JsonSerializableAttribute))
        .Select(one => (Type)one.ConstructorArguments[0].Value!);
}
