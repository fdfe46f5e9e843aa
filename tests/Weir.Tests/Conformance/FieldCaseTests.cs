// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.Conformance;

/// <summary>Inputs on which collectors went wrong in other people's hands, held against what is right.</summary>
public class FieldCaseTests
{
    public static TheoryData<int, string> Cases()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < FieldCases.All.Count; i++)
        {
            data.Add(i, FieldCases.All[i].Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_of_the_field_is_right(int number, string name)
    {
        Assert.NotEmpty(name);
        Assert.Equal(FieldCases.All[number].Right, FieldCases.All[number].Says());
    }
}
